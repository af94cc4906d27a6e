// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import dev.inlay.UsageException;
import dev.inlay.backend.reference.Reference;
import dev.inlay.graph.Graph;
import dev.inlay.plan.Evidence;
import dev.inlay.plan.model.BoardModel;
import dev.inlay.plan.model.Estimate;
import dev.inlay.profile.DeviceProfile;
import dev.inlay.profile.ProfileCatalog;
import dev.inlay.profile.ProfileFormatException;
import dev.inlay.rewrite.Rewriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * A board that is not in this machine: its times come from its profile by a model; its answers come from a device that is
 * here.
 *
 * @param board its model
 */
public record ModelledDevice(BoardModel board) {
    /** The board that is shown unless the caller names others. */
    public static final String DEFAULT = "stratix10-gx2800";

    /**
     * The profiles that come with Inlay and those of the user.
     *
     * @throws UsageException naming the file and what is wrong with it
     */
    public static ProfileCatalog catalog() {
        try {
            return ProfileCatalog.ofUser();
        } catch (ProfileFormatException e) {
            throw new UsageException(e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The board of a profile's id.
     *
     * @throws UsageException naming the profiles that can be modelled
     */
    public static ModelledDevice named(String id) {
        List<ModelledDevice> all = catalog().profiles().stream()
                .flatMap(profile -> BoardModel.of(profile).stream())
                .map(ModelledDevice::new)
                .toList();
        return all.stream()
                .filter(device -> device.profile().id().equals(id))
                .findFirst()
                .orElseThrow(() -> new UsageException("profile: got \"" + id + "\", expected one of "
                        + String.join(
                                ", ",
                                all.stream()
                                        .map(device -> device.profile().id())
                                        .toList())));
    }

    /** What is known of the board. */
    public DeviceProfile profile() {
        return board.profile();
    }

    /** What runs of a network with this batch would take. */
    public Estimate estimate(Variant variant, int batch) throws IOException {
        return board.estimate(rewritten(variant.batched(batch)));
    }

    /** The network as a plan has it. */
    public static Graph rewritten(Graph graph) {
        return Rewriter.standard(Reference::evaluate).rewrite(graph);
    }

    /**
     * What the board would give.
     *
     * @param alone of one image
     * @param stream of batches
     * @param measured rows of the same network on devices of this machine: the one over most images gives top1, since
     *     the arithmetic is the same
     */
    public ComparisonRow row(Variant variant, Estimate alone, Estimate stream, List<ComparisonRow> measured) {
        Optional<ComparisonRow> emulated = measured.stream().max(Comparator.comparingInt(ComparisonRow::n));
        Map<String, Evidence> evidence = new TreeMap<>();
        evidence.put("latencyMs", Evidence.MODELLED);
        evidence.put("samplesPerSecond", Evidence.MODELLED);
        emulated.ifPresent(row -> evidence.put("top1", Evidence.EMULATED));
        stream.joulesPerSample().ifPresent(figure -> evidence.put("joulesPerSample", Evidence.MODELLED));
        return new ComparisonRow(
                variant.model(),
                variant.method(),
                profile().id(),
                profile().deviceClass().label(),
                emulated.map(ComparisonRow::n).orElse(0),
                emulated.map(ComparisonRow::top1).orElse(OptionalDouble.empty()),
                OptionalDouble.of(alone.seconds() * 1e3),
                OptionalDouble.of(stream.samplesPerSecond()),
                stream.joulesPerSample(),
                variant.weightBytes(),
                variant.compression(),
                OptionalDouble.empty(),
                evidence);
    }
}

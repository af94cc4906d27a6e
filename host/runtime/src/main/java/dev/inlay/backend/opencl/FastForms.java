// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl;

import dev.inlay.kernels.KernelCatalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which fast forms a device may be given: those of a feature that the processor has, once each of them gave what it
 * means. An assembler may drop an instruction it does not know without an error, and a processor ends the process at one
 * that it does not know. So a driver and a processor are compared once, outside this process, and the verdict is kept.
 */
public final class FastForms {
    /**
     * A device as every process finds it.
     *
     * @param binding as {@link dev.inlay.backend.opencl.binding.ClApi#binding()}
     * @param platform the platform's own name
     * @param name the device's own name
     * @param driver driver version, as reported
     */
    public record Place(String binding, String platform, String name, String driver) {}

    /** Compares the forms of a feature with what they mean, and survives it. */
    @FunctionalInterface
    public interface Comparison {
        /**
         * @return what was found wrong, one line; empty if every form gives what it means
         * @throws IOException if nothing was compared
         */
        Optional<String> wrong(Place place, FastFeature feature) throws IOException;
    }

    private static final Path PROCESSOR = Path.of("/proc/cpuinfo");
    private static final String RIGHT = "right";
    private static final String WRONG = "wrong: ";

    private final Set<FastFeature> features;
    private final String processor;
    private final BinaryCache verdicts;
    private final Comparison comparison;

    /**
     * @param features those to be asked about
     * @param processor what a verdict holds for beside driver and kernel: the processor's name and flags
     * @param verdicts where verdicts are kept; where nothing can be, each process compares
     */
    public FastForms(Set<FastFeature> features, String processor, BinaryCache verdicts, Comparison comparison) {
        this.features = Set.copyOf(features);
        this.processor = processor;
        this.verdicts = verdicts;
        this.comparison = comparison;
    }

    /** No fast forms: for an OpenCL that another process cannot open, and where nothing may be started. */
    public static FastForms none() {
        return new FastForms(
                Set.of(), "", new BinaryCache(Path.of(""), 0), (place, feature) -> Optional.of("not asked"));
    }

    /** What this machine's processor has the flags of, compared in a process of its own. */
    public static FastForms ofProcessor(BinaryCache verdicts) {
        String processor = processor();
        Set<String> words = Arrays.stream(processor.split("\\s+")).collect(Collectors.toSet());
        Set<FastFeature> features = EnumSet.allOf(FastFeature.class).stream()
                .filter(feature -> words.contains(feature.flag()))
                .collect(Collectors.toSet());
        return new FastForms(features, processor, verdicts, new ComparisonProcess());
    }

    /** The first processor's model and flags; empty where the system does not say. */
    private static String processor() {
        try (Stream<String> lines = Files.lines(PROCESSOR)) {
            return lines.takeWhile(line -> !line.isBlank())
                    .filter(line -> line.startsWith("model name") || line.startsWith("flags"))
                    .collect(Collectors.joining("\n"));
        } catch (IOException | UncheckedIOException e) {
            return "";
        }
    }

    /** Those to be asked about, in the order of their declaration. */
    public Set<FastFeature> features() {
        return features.isEmpty() ? Set.of() : EnumSet.copyOf(features);
    }

    /** Why a device may not be given the forms of a feature, one line; empty if it may. */
    public Optional<String> refusal(Place place, FastFeature feature) {
        String key = BinaryCache.key(
                "fast forms 1",
                KernelCatalog.source(feature.check()),
                place.platform(),
                place.name(),
                place.driver(),
                processor);
        String kept = verdicts.get(key)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("");
        if (kept.equals(RIGHT)) {
            return Optional.empty();
        }
        if (kept.startsWith(WRONG)) {
            return Optional.of(kept.substring(WRONG.length()));
        }
        try {
            Optional<String> wrong = comparison.wrong(place, feature);
            verdicts.put(key, wrong.map(WRONG::concat).orElse(RIGHT).getBytes(StandardCharsets.UTF_8));
            return wrong;
        } catch (IOException e) {
            return Optional.of("they could not be compared with what they mean: " + e.getMessage());
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

import dev.inlay.Engine;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Node;
import dev.inlay.graph.OperationCount;
import dev.inlay.kernels.KernelId;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Evidence;
import dev.inlay.plan.Step;
import dev.inlay.plan.Work;
import dev.inlay.plan.cost.CostModel;
import dev.inlay.tools.data.LabelledImages;
import dev.inlay.tools.measure.Ceilings;
import dev.inlay.tools.measure.ComparisonRow;
import dev.inlay.tools.measure.Trial;
import dev.inlay.tools.measure.Variant;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One device of this machine, with the ceilings that are measured beside the networks. */
public final class MeasuredRuns implements AutoCloseable {
    /** Plain Java is there to judge, not to be fast: it takes the images that this many operations reach for. */
    private static final long REFERENCE_OPERATIONS = 100_000_000;

    private static final int LEAST_REFERENCE_IMAGES = 20;
    private static final int MOST_REFERENCE_IMAGES = 100;

    /** Bytes that caches hold, and bytes that none does. */
    private static final Map<String, Long> FOOTPRINTS = new TreeMap<>(Map.of("cache", 1L << 18, "memory", 1L << 27));

    private final Engine engine;
    private final DeviceDescription device;
    private final Optional<CostModel> costs;
    private final Optional<Ceilings> ceilings;
    private final Map<String, Double> arithmetics = new TreeMap<>();

    public MeasuredRuns(Engine engine, DeviceDescription device) {
        this.engine = engine;
        this.device = device;
        this.costs = engine.calibration(device).map(known -> new CostModel(List.of(known), Map.of()));
        this.ceilings = device.isReference() ? Optional.empty() : Optional.of(new Ceilings(engine.openCl(device.id())));
    }

    public DeviceDescription description() {
        return device;
    }

    /**
     * A network on the device.
     *
     * @param row what it gave
     * @param trial the classes of the images
     * @param layers of a batch that contract; none of plain Java
     * @param total of all its kernels; absent of plain Java
     * @param residual of a batch; absent of plain Java that was not tuned
     */
    public record Run(
            ComparisonRow row,
            Trial trial,
            List<LayerFigures> layers,
            Optional<MethodEffect.Total> total,
            Optional<Residual> residual) {}

    Run run(Variant variant, LabelledImages images, int batch) throws IOException {
        LabelledImages seen = device.isReference() ? images.first(referenceImages(variant)) : images;
        Trial trial = Trial.run(engine, variant, device, seen, batch, count -> {});
        Map<String, Sum> byNode = new LinkedHashMap<>();
        Sum all = new Sum();
        for (Map.Entry<Integer, Double> timed : trial.launchSeconds().entrySet()) {
            Step.Launch launch = (Step.Launch) trial.compiled().plan().steps().get(timed.getKey());
            add(byNode.computeIfAbsent(launch.node(), node -> new Sum()), launch, timed.getValue());
            add(all, launch, timed.getValue());
        }
        Set<String> contractions = trial.compiled().graph().nodes().stream()
                .filter(node -> node.op() instanceof Contraction)
                .map(Node::name)
                .collect(Collectors.toSet());
        List<LayerFigures> layers = new ArrayList<>();
        byNode.forEach((node, sum) -> {
            if (contractions.contains(node)) {
                layers.add(sum.figures(variant, device, node));
            }
        });
        double batchSeconds = trial.batch() / trial.samplesPerSecond();
        return new Run(
                ComparisonRow.measured(
                        variant,
                        device,
                        trial,
                        byNode.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(all.least() / batchSeconds)),
                trial,
                layers,
                byNode.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new MethodEffect.Total(variant.weightBytes(), all.operations, all.seconds)),
                residual(variant, trial, batchSeconds, all));
    }

    /** By curves where the device was tuned before, else by the ceilings of this run, else by nothing. */
    private Optional<Residual> residual(Variant variant, Trial trial, double batchSeconds, Sum all) {
        if (costs.isEmpty() && ceilings.isEmpty()) {
            return Optional.empty();
        }
        double modelled = costs.map(model -> model.latencySeconds(
                        trial.compiled().graph(), trial.compiled().plan()))
                .orElseGet(all::least);
        return Optional.of(Residual.of(
                variant.model(),
                variant.method(),
                device.id(),
                trial.batch(),
                batchSeconds * 1e3,
                modelled * 1e3,
                costs.isPresent() ? "curves" : "ceilings"));
    }

    private void add(Sum sum, Step.Launch launch, double seconds) {
        Ceilings measured = ceilings.orElseThrow();
        Work work = launch.work();
        double most = measured.operationsPerSecond(launch.kernel());
        String arithmetic = arithmetic(launch.kernel(), work);
        arithmetics.put(arithmetic, most);
        double compute = work.operations() / most;
        double memory = work.bytes() / measured.bytesPerSecond(Math.max(1, work.bytes()));
        if (work.operations() > sum.most) {
            sum.most = work.operations();
            sum.arithmetic = arithmetic;
        }
        sum.operations += work.operations();
        sum.bytes += work.bytes();
        sum.seconds += seconds;
        if (compute > memory) {
            sum.compute += compute;
        } else {
            sum.memory += memory;
        }
    }

    /** Planes of bits differ by how many there are, and have a ceiling each. */
    private static String arithmetic(KernelId kernel, Work work) {
        String carrier = kernel.defines().getOrDefault("CARRIER", work.carrier());
        return carrier.equals("planes")
                ? carrier + " " + kernel.defines().get("X_FORMAT").toLowerCase(Locale.ROOT)
                : carrier;
    }

    /** Launches together. */
    private static final class Sum {
        String arithmetic = "f32";
        long most = -1;
        long operations;
        long bytes;
        double seconds;
        double compute;
        double memory;

        /** Seconds that the ceilings allow. */
        double least() {
            return compute + memory;
        }

        LayerFigures figures(Variant variant, DeviceDescription device, String node) {
            return new LayerFigures(
                    variant.model(),
                    variant.method(),
                    device.id(),
                    node,
                    arithmetic,
                    operations,
                    bytes,
                    seconds,
                    compute >= memory ? "compute" : "memory",
                    Evidence.MEASURED);
        }
    }

    private static int referenceImages(Variant variant) throws IOException {
        long each = Math.max(1, OperationCount.of(variant.batched(1)));
        return Math.clamp(REFERENCE_OPERATIONS / each, LEAST_REFERENCE_IMAGES, MOST_REFERENCE_IMAGES);
    }

    /** The device with the ceilings that were met. */
    ComparedDevice device() {
        List<ComparedDevice.Ceiling> compute = new ArrayList<>();
        arithmetics.forEach((name, most) -> compute.add(new ComparedDevice.Ceiling(name, most, "")));
        List<ComparedDevice.Ceiling> memory = new ArrayList<>();
        ceilings.ifPresent(measured -> FOOTPRINTS.forEach(
                (name, bytes) -> memory.add(new ComparedDevice.Ceiling(name, measured.bytesPerSecond(bytes), ""))));
        return new ComparedDevice(
                device.id(),
                device.name(),
                device.deviceClass().name().toLowerCase(Locale.ROOT),
                device.evidence(),
                OptionalDouble.empty(),
                compute,
                memory);
    }

    @Override
    public void close() {
        ceilings.ifPresent(Ceilings::close);
    }
}

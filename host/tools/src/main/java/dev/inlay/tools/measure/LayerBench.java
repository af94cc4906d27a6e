// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Value;
import dev.inlay.graph.Window;
import dev.inlay.kernels.KernelId;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.MemoryMode;
import dev.inlay.plan.Plan;
import dev.inlay.plan.Planner;
import dev.inlay.plan.Step;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Dense layers in f32 and in u8 by s8 against the multiply-add ceiling of the same device in the same run. A sample is
 * bracketed by two runs of the ceiling and dropped if either is more than a tenth below the best of all layers so far:
 * other load then halves a core, for moments or for whole layers.
 */
public final class LayerBench implements AutoCloseable {
    /** A square convolution of one image. */
    public record Layer(String name, int size, int channels, int outputs, int window, int stride) {}

    /**
     * @param layer its name
     * @param format the operand pair
     * @param gops 10^9 operations a second, median
     * @param ceilingGops the f32 multiply-add ceiling beside it, median
     * @param fraction of the f32 ceiling, median of the samples' own fractions
     * @param overF32 throughput over the same layer in f32, median of the pairs
     * @param samples kept
     */
    public record Row(
            String layer,
            String format,
            double gops,
            double ceilingGops,
            double fraction,
            double overF32,
            int samples) {}

    public static final List<Layer> LAYERS = List.of(
            new Layer("3x3 56x56 256->256", 56, 256, 256, 3, 1),
            new Layer("3x3 56x56 64->64", 56, 64, 64, 3, 1),
            new Layer("3x3 28x28 128->128", 28, 128, 128, 3, 1),
            new Layer("3x3 14x14 256->256", 14, 256, 256, 3, 1),
            new Layer("3x3 7x7 512->512", 7, 512, 512, 3, 1),
            new Layer("1x1 56x56 64->256", 56, 64, 256, 1, 1),
            new Layer("7x7/2 224x224 3->64", 224, 3, 64, 7, 2));

    private static final double BRACKET = 1.1;

    /** Samples that may be dropped for each that is kept. */
    private static final int PATIENCE = 8;

    private static final int CEILING_ITERATIONS = 400_000;

    private final OpenClDevice device;
    private final DeviceDescription description;
    private final KernelLaunch ceiling;
    private final double ceilingOperations;
    private double best;

    public LayerBench(OpenClDevice device) {
        this.device = device;
        this.description = device.description();
        int lanes = description.vectorWidth() >= 16 ? 16 : description.vectorWidth() >= 8 ? 8 : 4;
        long items = Math.max(1, description.computeUnits());
        this.ceiling = new KernelLaunch(
                device,
                KernelId.of("bench.ceiling", Map.of("VW", Integer.toString(lanes))),
                Map.of(
                        "y", new KernelLaunch.Operand.Memory(4 * items, memory -> {}),
                        "iterations", new KernelLaunch.Operand.Int(CEILING_ITERATIONS),
                        "factor", new KernelLaunch.Operand.Real(0.5f)),
                List.of(items, 1L, 1L),
                List.of(1L, 1L, 1L));
        this.ceilingOperations = 2.0 * lanes * 12 * CEILING_ITERATIONS * items;
    }

    /** The rows of one layer, f32 first. */
    public List<Row> measure(Layer layer, int samples) {
        Plan plan = plan(layer);
        Step.Launch launch = plan.steps().stream()
                .filter(Step.Launch.class::isInstance)
                .map(Step.Launch.class::cast)
                .filter(step -> step.kernel().spec().startsWith("contract.dense"))
                .findFirst()
                .orElseThrow();
        double operations = launch.work().operations();
        boolean words = layer.channels() % 4 == 0;
        try (KernelLaunch f32 = launch(plan, launch, Map.of(), LayerBench::floats);
                KernelLaunch u8 = words ? launch(plan, launch, quantised(), LayerBench::bytes) : f32) {
            int times = (int) Math.max(1, 2e7 / f32.nanos(1));
            u8.nanos(times);
            for (int i = 0; i < samples; i++) {
                best = Math.max(best, ceilingOperations / ceiling.nanos(1));
            }
            List<double[]> kept = new ArrayList<>();
            for (int i = 0; i < PATIENCE * samples && kept.size() < samples; i++) {
                double before = ceilingOperations / ceiling.nanos(1);
                double real = operations * times / f32.nanos(times);
                double integer = operations * times / u8.nanos(times);
                double after = ceilingOperations / ceiling.nanos(1);
                best = Math.max(best, Math.max(before, after));
                if (best < BRACKET * Math.min(before, after)) {
                    kept.add(new double[] {(before + after) / 2, real, integer});
                }
            }
            List<Row> rows = new ArrayList<>();
            rows.add(row(layer, "f32*f32", kept, 1));
            if (words) {
                rows.add(row(layer, "u8*s8", kept, 2));
            }
            return rows;
        }
    }

    private static Row row(Layer layer, String format, List<double[]> kept, int column) {
        return new Row(
                layer.name(),
                format,
                median(kept, sample -> sample[column]),
                median(kept, sample -> sample[0]),
                median(kept, sample -> sample[column] / sample[0]),
                median(kept, sample -> sample[column] / sample[1]),
                kept.size());
    }

    private interface Figure {
        double of(double[] sample);
    }

    private static double median(List<double[]> kept, Figure figure) {
        double[] sorted = kept.stream().mapToDouble(figure::of).sorted().toArray();
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }

    private Plan plan(Layer layer) {
        int pad = layer.window() / 2;
        Window window =
                new Window(layer.window(), layer.window(), layer.stride(), layer.stride(), 1, 1, pad, pad, pad, pad);
        Graph graph = Graph.builder(layer.name())
                .input(new Value("x", ElementType.FLOAT32, Shape.of(1, layer.channels(), layer.size(), layer.size())))
                .constant(
                        "w",
                        Tensor.allocate(
                                ElementType.FLOAT32,
                                Shape.of(layer.outputs(), layer.channels(), layer.window(), layer.window())))
                .node(
                        "conv",
                        new Contraction.Conv(window, 1, new Epilogue(false, Function.RELU)),
                        List.of("x", "w"),
                        "y")
                .output("y")
                .build();
        return Planner.plan(graph, List.of(description), Map.of(), true, MemoryMode.SEPARATE);
    }

    private Map<String, String> quantised() {
        Map<String, String> defines =
                new HashMap<>(Map.of("CARRIER", "u8s8", "X_FORMAT", "u8", "W_FORMAT", "s8", "Y_FORMAT", "u8"));
        if (description.features().contains("AVX512_VNNI") && description.vectorWidth() >= 16) {
            defines.put("INLAY_HAS_AVX512_VNNI", "1");
        } else if (description.features().contains("AVX2") && description.vectorWidth() == 8) {
            defines.put("INLAY_HAS_AVX2", "1");
        }
        return defines;
    }

    private KernelLaunch launch(
            Plan plan, Step.Launch launch, Map<String, String> defines, Consumer<MemorySegment> fill) {
        Map<String, String> all = new TreeMap<>(launch.kernel().defines());
        all.putAll(defines);
        Map<String, KernelLaunch.Operand> operands = new HashMap<>();
        launch.arguments()
                .forEach((name, argument) -> operands.put(
                        name,
                        switch (argument) {
                            case Step.Argument.OfStored stored ->
                                new KernelLaunch.Operand.Memory(
                                        plan.region(plan.stored().get(stored.id()))
                                                .bytes(),
                                        fill);
                            case Step.Argument.OfPacked packed ->
                                new KernelLaunch.Operand.Memory(
                                        plan.packed().get(packed.id()).packing().bytes(), fill);
                            case Step.Argument.OfInt number -> new KernelLaunch.Operand.Int(number.value());
                            case Step.Argument.OfFloat number -> new KernelLaunch.Operand.Real(number.value());
                        }));
        return new KernelLaunch(
                device, KernelId.of(launch.kernel().spec(), all), operands, launch.global(), launch.local());
    }

    private static void floats(MemorySegment memory) {
        Random random = new Random(1);
        for (long i = 0; i < memory.byteSize() / 4; i++) {
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat() - 0.5f);
        }
    }

    private static void bytes(MemorySegment memory) {
        byte[] values = new byte[Math.toIntExact(memory.byteSize())];
        new Random(1).nextBytes(values);
        memory.copyFrom(MemorySegment.ofArray(values));
    }

    @Override
    public void close() {
        ceiling.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.kernels.KernelId;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Tile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Dense layers in several formats, each beside the same layer in f32, the ceiling of its carrier and that of f32, all in
 * one run on one device. A sample is bracketed by two runs of the f32 ceiling and dropped if either is more than a tenth
 * below the best of all layers so far: other load then halves a core, for moments or for whole layers.
 */
public final class LayerBench implements AutoCloseable {
    /** A square convolution of one image. */
    public record Layer(String name, int size, int channels, int outputs, int window, int stride) {
        /** Additions and multiplications. */
        private double operations() {
            double side = (size + window / 2 * 2 - window) / stride + 1;
            return 2 * side * side * channels * outputs * window * window;
        }
    }

    /**
     * @param layer its name
     * @param format the operand pair
     * @param carrier the carrier that contracts it
     * @param gops 10^9 operations a second, median
     * @param ceilingGops the f32 multiply-add ceiling beside it, median
     * @param fraction of the f32 ceiling, median of the samples' own fractions
     * @param ofCarrier of the carrier's own ceiling, median of the samples' own fractions
     * @param overF32 throughput over the same layer in f32, median of the pairs
     * @param samples kept
     */
    public record Row(
            String layer,
            String format,
            String carrier,
            double gops,
            double ceilingGops,
            double fraction,
            double ofCarrier,
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

    private final OpenClDevice device;
    private final DeviceDescription description;
    private final Ceilings ceilings;
    private double best;

    public LayerBench(OpenClDevice device) {
        this.device = device;
        this.description = device.description();
        this.ceilings = new Ceilings(device);
    }

    private Timed layer(Layer layer, LayerFormat format) {
        int side = (layer.size() + layer.window() / 2 * 2 - layer.window()) / layer.stride() + 1;
        Tile tile =
                Tile.of(description, format.pair(), side, layer.outputs(), side).forStoring(format.y());
        Map<String, String> defines = new TreeMap<>(format.defines(description, tile.lanes()));
        tile.defines().forEach((name, value) -> defines.put(name, value.toString()));
        KernelLaunch launch = new KernelLaunch(
                device,
                KernelId.of(tile.kernel(), defines),
                format.operands(layer, tile),
                tile.global(side, side, Math.ceilDiv((long) layer.outputs(), tile.panel())),
                tile.local());
        return new Timed(launch, layer.operations());
    }

    /** The rows of one layer, f32 first; the large layers in every format. */
    public List<Row> measure(Layer layer, int samples) {
        List<LayerFormat> formats = new ArrayList<>(List.of(LayerFormat.F32));
        if (layer.channels() % LayerFormat.BYTES.pair().run() == 0) {
            formats.add(LayerFormat.BYTES);
        }
        if (layer.channels() == 256) {
            formats.addAll(LayerFormat.OTHERS);
        }
        List<Row> rows = new ArrayList<>();
        for (LayerFormat format : formats) {
            Timed f32 = layer(layer, LayerFormat.F32);
            Timed timed = layer(layer, format);
            try (KernelLaunch _ = f32.launch();
                    KernelLaunch _ = timed.launch()) {
                rows.add(measure(layer, format, f32, timed, samples));
            }
        }
        return rows;
    }

    private Row measure(Layer layer, LayerFormat format, Timed f32, Timed timed, int samples) {
        Timed multiplyAdds = ceilings.of(LayerFormat.F32);
        Timed ceiling = ceilings.of(format);
        int times = times(f32);
        int ownTimes = times(timed);
        int ceilingTimes = times(ceiling);
        int bracketTimes = times(multiplyAdds);
        for (int i = 0; i < samples; i++) {
            best = Math.max(best, multiplyAdds.gops(bracketTimes));
        }
        List<double[]> kept = new ArrayList<>();
        for (int i = 0; i < PATIENCE * samples && kept.size() < samples; i++) {
            double before = multiplyAdds.gops(bracketTimes);
            double real = f32.gops(times);
            double own = timed.gops(ownTimes);
            double most = ceiling.gops(ceilingTimes);
            double after = multiplyAdds.gops(bracketTimes);
            best = Math.max(best, Math.max(before, after));
            if (best < BRACKET * Math.min(before, after)) {
                kept.add(new double[] {(before + after) / 2, real, own, most});
            }
        }
        return new Row(
                layer.name(),
                format.toString(),
                format.carrier(),
                median(kept, sample -> sample[2]),
                median(kept, sample -> sample[0]),
                median(kept, sample -> sample[2] / sample[0]),
                median(kept, sample -> sample[2] / sample[3]),
                median(kept, sample -> sample[2] / sample[1]),
                kept.size());
    }

    /** Launches that take about twenty milliseconds. */
    private static int times(Timed timed) {
        timed.launch().nanos(1);
        return (int) Math.max(1, 2e7 / timed.launch().nanos(1));
    }

    private interface Figure {
        double of(double[] sample);
    }

    private static double median(List<double[]> kept, Figure figure) {
        double[] sorted = kept.stream().mapToDouble(figure::of).sorted().toArray();
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }

    /** Bits of small floats: as integers of any width they are as good as any. */
    static void noise(MemorySegment memory) {
        Random random = new Random(1);
        for (long i = 0; i < memory.byteSize() / 4; i++) {
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat() - 0.5f);
        }
    }

    @Override
    public void close() {
        ceilings.close();
    }
}

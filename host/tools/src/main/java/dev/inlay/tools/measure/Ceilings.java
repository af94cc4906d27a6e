// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.kernels.KernelId;
import dev.inlay.plan.DeviceDescription;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The most that a device does: operations of every carrier, and bytes of memory, each measured when first asked for. */
public final class Ceilings implements AutoCloseable {
    /** Steps of a ceiling: whole partial sums of every carrier. */
    private static final int STEPS = 4 * 64 * 31 * 15;

    /** Vectors that a core copies in one launch, and the most that it touches: more than caches hold. */
    private static final int STREAM = 1 << 20;

    private static final int SAMPLES = 5;

    private final OpenClDevice device;
    private final DeviceDescription description;
    private final int lanes;
    private final Map<LayerFormat, Timed> timed = new HashMap<>();
    private final Map<LayerFormat, Double> measured = new HashMap<>();
    private final Map<Long, Double> bandwidths = new HashMap<>();

    public Ceilings(OpenClDevice device) {
        this.device = device;
        this.description = device.description();
        this.lanes = description.vectorWidth() >= 16 ? 16 : description.vectorWidth() >= 8 ? 8 : 4;
    }

    /** The launch that does nothing but a format's products. */
    Timed of(LayerFormat format) {
        return timed.computeIfAbsent(format, this::launch);
    }

    /** Independent sums enough to hide an instruction's latency, and few enough for the registers. */
    private Timed launch(LayerFormat format) {
        int pixels = format.equals(LayerFormat.F32) ? 6 : 4;
        long items = Math.max(1, description.computeUnits());
        Map<String, String> defines = new TreeMap<>(format.defines(description, lanes));
        defines.putAll(Map.of("VW", Integer.toString(lanes), "MR", Integer.toString(pixels), "NV", "2"));
        KernelLaunch launch = new KernelLaunch(
                device,
                KernelId.of("bench.ceiling", defines),
                Map.of(
                        "x", new KernelLaunch.Operand.Memory(1 << 16, LayerBench::noise),
                        "y", new KernelLaunch.Operand.Memory(4 * items, LayerBench::noise),
                        "iterations", new KernelLaunch.Operand.Int(STEPS)),
                List.of(items, 1L, 1L),
                List.of(1L, 1L, 1L));
        return new Timed(launch, 2.0 * lanes * pixels * 2 * format.products() * STEPS * items);
    }

    /**
     * Operations a second of what a dense kernel does, the best of a few samples.
     *
     * @param kernel whose defines name its carrier and its operands; another kernel counts as floats
     */
    public double operationsPerSecond(KernelId kernel) {
        LayerFormat format = Stream.concat(Stream.of(LayerFormat.BYTES), LayerFormat.OTHERS.stream())
                .filter(any -> any.carrier().equals(kernel.defines().get("CARRIER")))
                .filter(any -> !any.carrier().equals("planes")
                        || any.pair().x().name().equals(kernel.defines().get("X_FORMAT")))
                .findFirst()
                .orElse(LayerFormat.F32);
        return measured.computeIfAbsent(format, any -> best(of(any)) * 1e9);
    }

    private static double best(Timed launch) {
        launch.launch().nanos(1);
        double best = 0;
        for (int i = 0; i < SAMPLES; i++) {
            best = Math.max(best, launch.gops(1));
        }
        return best;
    }

    /**
     * Bytes read and written a second by all cores in a copy that touches as much memory, over and over as a repeated
     * launch does; the best of a few samples.
     *
     * @param footprint bytes
     */
    public double bytesPerSecond(long footprint) {
        long items = Math.max(1, description.computeUnits());
        long vectors = footprint / (2L * Integer.BYTES * lanes * items);
        return bandwidths.computeIfAbsent(
                Long.highestOneBit(Math.clamp(vectors, 64, STREAM)), each -> bandwidth(items, each));
    }

    private double bandwidth(long items, long vectors) {
        long rounds = Math.max(1, STREAM / vectors);
        long bytes = items * vectors * lanes * Integer.BYTES;
        try (KernelLaunch copy = new KernelLaunch(
                device,
                KernelId.of("bench.stream", Map.of("VW", Integer.toString(lanes))),
                Map.of(
                        "x", new KernelLaunch.Operand.Memory(bytes, LayerBench::noise),
                        "y", new KernelLaunch.Operand.Memory(bytes, LayerBench::noise),
                        "vectors", new KernelLaunch.Operand.Int((int) vectors),
                        "rounds", new KernelLaunch.Operand.Int((int) rounds)),
                List.of(items, 1L, 1L),
                List.of(1L, 1L, 1L))) {
            return best(new Timed(copy, 2.0 * bytes * rounds)) * 1e9;
        }
    }

    @Override
    public void close() {
        timed.values().forEach(ceiling -> ceiling.launch().close());
    }
}

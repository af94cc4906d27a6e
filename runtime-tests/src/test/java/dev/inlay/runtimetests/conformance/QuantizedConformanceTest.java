// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.backend.opencl.binding.Extent;
import dev.inlay.backend.opencl.binding.NdRange;
import dev.inlay.backend.reference.GraphInterpreter;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Pool;
import dev.inlay.graph.Value;
import dev.inlay.graph.Window;
import dev.inlay.kernels.KernelId;
import dev.inlay.runtimetests.platform.OpenClDevices;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** The u8·s8 format, bit for bit against the reference, on every device of this process's platform. */
@Tag("opencl")
final class QuantizedConformanceTest {
    private static final String CPU = "contract.dense.cpu";
    private static final String GPU = "contract.dense.gpu";
    private static final String DEPTHWISE = "contract.depthwise";

    /** Two blocks in a work-item, so that the longer rows take several work-items of several blocks. */
    private static final String CPU_TILE = "MR=4,NV=2,TILES=2,VW=8";

    private static final String GPU_TILE = "LM=2,MR=2,NV=2,TILE_K=3,VW=4";

    private static final List<QuantizedVariant> VARIANTS = List.of(
            QuantizedVariant.of(CPU, CPU_TILE, "added"),
            QuantizedVariant.of(CPU, CPU_TILE, "added relu"),
            QuantizedVariant.of(CPU, CPU_TILE, "real"),
            QuantizedVariant.of(CPU, CPU_TILE, "real added relu"),
            QuantizedVariant.of(CPU, "MR=3,NV=1,TILES=1,VW=4", "added relu"),
            QuantizedVariant.of(GPU, GPU_TILE, "added relu"),
            QuantizedVariant.of(GPU, GPU_TILE, "real"),
            QuantizedVariant.of(GPU, GPU_TILE, "real added relu"),
            QuantizedVariant.of(GPU, "", "relu"),
            QuantizedVariant.of(DEPTHWISE, "", ""),
            QuantizedVariant.of(DEPTHWISE, "", "added relu"),
            QuantizedVariant.of(DEPTHWISE, "", "real"),
            QuantizedVariant.of(DEPTHWISE, "", "real added relu"));

    /** A processor's flag, and the forms that its define brings. */
    private record Fast(String flag, List<QuantizedVariant> variants) {}

    private static final List<Fast> FAST = List.of(
            new Fast(
                    "avx2",
                    List.of(
                            QuantizedVariant.of(CPU, CPU_TILE + ",INLAY_HAS_AVX2=1", "added relu"),
                            QuantizedVariant.of(CPU, CPU_TILE + ",INLAY_HAS_AVX2=1", "real"))),
            new Fast(
                    "avx512_vnni",
                    List.of(
                            QuantizedVariant.of(CPU, "MR=4,NV=2,TILES=2,VW=16,INLAY_HAS_AVX512_VNNI=1", "added relu"),
                            QuantizedVariant.of(CPU, "MR=4,NV=2,TILES=2,VW=16,INLAY_HAS_AVX512_VNNI=1", "real"))));

    @TestFactory
    Stream<DynamicTest> contractions() {
        List<DynamicTest> tests = new ArrayList<>();
        for (OpenClDevice device : OpenClDevices.all()) {
            for (QuantizedVariant variant : VARIANTS) {
                add(tests, device, variant);
            }
        }
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> fastForms() {
        List<DynamicTest> tests = new ArrayList<>();
        for (OpenClDevice device : OpenClDevices.all()) {
            for (Fast fast : FAST) {
                String why = ProcessorFlag.whyNot(device, fast.flag());
                if (why.isEmpty()) {
                    fast.variants().forEach(variant -> add(tests, device, variant));
                } else {
                    tests.add(DynamicTest.dynamicTest(
                            device.description().id() + ": " + fast.flag(), () -> Assumptions.abort(why)));
                }
            }
        }
        return tests.stream();
    }

    private static void add(List<DynamicTest> tests, OpenClDevice device, QuantizedVariant variant) {
        List<QuantizedCase> cases = variant.isDense() ? QuantizedCases.dense() : QuantizedCases.depthwise();
        for (QuantizedCase each : cases) {
            if (!device.description().debugger() || each.small()) {
                tests.add(DynamicTest.dynamicTest(
                        device.description().id() + ": " + variant + ": " + each, () -> check(device, variant, each)));
            }
        }
    }

    private static void check(OpenClDevice device, QuantizedVariant variant, QuantizedCase each) {
        QuantizedLaunch launch = new QuantizedLaunch(each, variant);
        launch.check(device, false, 1);
        if (launch.hasRuns()) {
            launch.check(device, true, 1);
        }
        for (int block = 2; variant.isDense() && block <= launch.images(); block++) {
            launch.check(device, false, block);
        }
    }

    @TestFactory
    Stream<DynamicTest> largestCode() {
        List<Window> windows = List.of(
                new Window(2, 2, 2, 2, 1, 1, 0, 0, 0, 0),
                new Window(3, 3, 2, 2, 1, 1, 1, 1, 1, 1),
                new Window(2, 2, 1, 1, 2, 2, 0, 0, 0, 0));
        List<DynamicTest> tests = new ArrayList<>();
        for (OpenClDevice device : OpenClDevices.all()) {
            for (Window window : windows) {
                for (int channels : new int[] {1, 5, 17}) {
                    tests.add(DynamicTest.dynamicTest(
                            device.description().id() + ": " + window + " of " + channels + " channels",
                            () -> pool(device, window, channels)));
                }
            }
        }
        return tests.stream();
    }

    private static void pool(OpenClDevice device, Window window, int channels) {
        Shape in = Shape.of(2, channels, 6, 7);
        Shape out = Shape.of(2, channels, window.outputRows(6, false), window.outputColumns(7, false));
        byte[] codes = new byte[Math.toIntExact(in.elements())];
        new Random(channels).nextBytes(codes);
        Tensor x = Tensor.allocate(ElementType.UINT8, in);
        x.data().copyFrom(MemorySegment.ofArray(codes));
        Graph graph = Graph.builder("pool")
                .input(new Value("x", ElementType.UINT8, in))
                .node("p", new Pool.MaxPool(window, false), List.of("x"), "y")
                .output("y")
                .build();
        Tensor expected = new GraphInterpreter(graph).run(Map.of("x", x)).get("y");

        ImageMemory from = new ImageMemory(5, 2, 6, 7, 0, 0, channels + 3L);
        ImageMemory to = new ImageMemory(7, 2, out.extent(2) + 2, out.extent(3) + 2, 1, 1, channels + 1L);
        MemorySegment source = codes(from, x, 4);
        MemorySegment actual = new KernelRun(KernelId.of("pool.window", Map.of("X_FORMAT", "u8", "Y_FORMAT", "u8")))
                .buffer("x", source, from.start())
                .buffer("y", to.poisoned(1, 5), to.start() + to.at(0, 0, 0))
                .set("channels", channels)
                .set("rows", 6)
                .set("columns", 7)
                .set("out_rows", out.extent(2))
                .set("x_image", from.image())
                .set("x_line", from.line())
                .set("x_pixel", from.pixel())
                .set("y_image", to.image())
                .set("y_line", to.line())
                .set("y_pixel", to.pixel())
                .set("tap_rows", window.rows())
                .set("tap_cols", window.columns())
                .set("row_stride", window.rowStride())
                .set("column_stride", window.columnStride())
                .set("row_dilation", window.rowDilation())
                .set("column_dilation", window.columnDilation())
                .set("top", window.top())
                .set("left", window.left())
                .set("bottom", window.bottom())
                .set("right", window.right())
                .set("count_padding", 0)
                .set("x_zero", 0)
                .set("x_step", 1f)
                .set("y_zero", 0)
                .set("y_step", 1f)
                .set("y_low", 0)
                .set("y_high", 255)
                .on(
                        device,
                        NdRange.of(
                                Extent.of(Math.ceilDiv(channels, 16) * 16L, out.extent(3), out.extent(2) * 2),
                                Extent.of(16, 1, 1)),
                        "y");
        assertEquals(-1, actual.mismatch(codes(to, expected, 5)), "first byte that differs");
    }

    /** Codes {@code [N, C, H, W]} in a buffer that is noise elsewhere. */
    private static MemorySegment codes(ImageMemory memory, Tensor values, long seed) {
        MemorySegment bytes = memory.poisoned(1, seed);
        Shape shape = values.shape();
        long index = 0;
        for (long n = 0; n < shape.extent(0); n++) {
            for (long c = 0; c < shape.extent(1); c++) {
                for (long row = 0; row < shape.extent(2); row++) {
                    for (long column = 0; column < shape.extent(3); column++) {
                        long to = memory.start() + memory.at(n, row, column) + c;
                        bytes.set(ValueLayout.JAVA_BYTE, to, (byte) values.getLong(index++));
                    }
                }
            }
        }
        return bytes;
    }
}

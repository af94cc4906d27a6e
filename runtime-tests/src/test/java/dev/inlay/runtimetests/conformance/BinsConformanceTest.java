// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.backend.opencl.binding.Extent;
import dev.inlay.backend.opencl.binding.NdRange;
import dev.inlay.backend.reference.ContractionReference;
import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.OperandPair;
import dev.inlay.encoding.Packing;
import dev.inlay.encoding.WeightsShape;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.kernels.KernelId;
import dev.inlay.runtimetests.platform.OpenClDevices;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** {@code contract.bins} within the bound of the product of the weights that the codes stand for. */
@Tag("opencl")
final class BinsConformanceTest {
    private static final List<NumberFormat> FORMATS = List.of(NumberFormat.C4, NumberFormat.C2, NumberFormat.C8);
    private static final float POISON = 12345;
    private static final int MARGIN = 3;

    /**
     * One product.
     *
     * @param depth length of the contracted axis
     */
    private record Product(int rows, int depth, int outputs) {
        static final List<Product> ALL =
                List.of(new Product(1, 1, 1), new Product(3, 37, 5), new Product(2, 64, 9), new Product(1, 203, 17));
    }

    @TestFactory
    Stream<DynamicTest> products() {
        List<DynamicTest> tests = new ArrayList<>();
        List<OpenClDevice> devices = OpenClDevices.all();
        for (int i = 0; i < FORMATS.size(); i++) {
            NumberFormat format = FORMATS.get(i);
            OpenClDevice device = devices.get(i % devices.size());
            for (Product product : Product.ALL) {
                tests.add(DynamicTest.dynamicTest(
                        device.description().id() + ": " + format + ": " + product,
                        () -> check(device, format, product)));
            }
        }
        return tests.stream();
    }

    private static Tensor random(Random random, long... extents) {
        Tensor tensor = Tensor.allocate(ElementType.FLOAT32, Shape.of(extents));
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.set(i, random.nextGaussian());
        }
        return tensor;
    }

    private static Coded.Term weights(Random random, NumberFormat format, Product product) {
        TreeSet<Float> numbers = new TreeSet<>();
        // A table need not be full.
        while (numbers.size() < format.most()) {
            numbers.add((float) random.nextGaussian());
        }
        Tensor codes = Tensor.allocate(ElementType.INT32, Shape.of(product.outputs(), product.depth()));
        for (long i = 0; i < codes.elements(); i++) {
            codes.setLong(i, random.nextInt(numbers.size()));
        }
        Tensor scales = random(random, product.outputs());
        return new Coded.Term(new Levels.Table(List.copyOf(numbers)), codes, new Coded.Scales(scales, 0, 0));
    }

    private static MemorySegment packed(Packing packing, Optional<Tensor> source) {
        MemorySegment target = Arena.ofAuto().allocate(packing.bytes(), 64);
        packing.pack(source, target);
        return target;
    }

    private static void check(OpenClDevice device, NumberFormat format, Product product) {
        Random random = new Random((format + product.toString()).hashCode());
        Coded.Term term = weights(random, format, product);
        Tensor x = random(random, product.rows(), product.depth());
        Tensor bias = random(random, product.outputs());
        int yRow = product.outputs() + 2;
        MemorySegment y = Arena.ofAuto().allocate(Float.BYTES * (2L * MARGIN + (long) product.rows() * yRow), 64);
        long floats = y.byteSize() / Float.BYTES;
        for (long i = 0; i < floats; i++) {
            y.setAtIndex(ValueLayout.JAVA_FLOAT, i, POISON);
        }
        Packing panels = new Packing.Panels(
                "w",
                0,
                new OperandPair(NumberFormat.F32, format),
                WeightsShape.ofRows(product.outputs(), product.depth()),
                1,
                1,
                1);
        Packing table = new Packing.Table(((Levels.Table) term.levels()).values(), (int) format.most() + 1);
        MemorySegment got = new KernelRun(KernelId.of("contract.bins", Map.of("BITS", "" + format.bits())))
                .buffer("x", x.data(), 0)
                .buffer("w", packed(panels, Optional.of(term.codes())), 0)
                .buffer("table", packed(table, Optional.empty()), 0)
                .buffer("bias", bias.data(), 0)
                .buffer("scale", term.scales().values().data(), 0)
                .buffer("y", y, MARGIN)
                .set("depth", product.depth())
                .set("x_row", product.depth())
                .set("y_row", yRow)
                .on(device, NdRange.of(Extent.of(product.outputs(), product.rows(), 1), Extent.of(1, 1, 1)), "y");

        Tensor decoded = new Coded(term.codes().shape(), List.of(term)).decode();
        Tensor real = Tensor.allocate(ElementType.FLOAT32, bias.shape());
        for (int i = 0; i < product.outputs(); i++) {
            real.set(i, bias.getDouble(i) * term.scales().values().getDouble(i));
        }
        Shape shape = Shape.of(product.rows(), product.outputs());
        ContractionReference.Bounded expected = ContractionReference.bounded(
                new Contraction.Gemm(1, 1, false, true, Epilogue.NONE),
                List.of(Optional.of(x), Optional.of(decoded), Optional.of(real)),
                shape);
        for (long i = 0; i < floats; i++) {
            float value = got.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            long row = Math.floorDiv(i - MARGIN, (long) yRow);
            long output = Math.floorMod(i - MARGIN, (long) yRow);
            if (row < 0 || row >= product.rows() || output >= product.outputs()) {
                assertEquals(POISON, value, "element " + i + " is no output");
                continue;
            }
            long at = row * product.outputs() + output;
            float exact = expected.value().getFloat(at);
            float bound = expected.bound().getFloat(at);
            assertTrue(
                    Math.abs(value - exact) <= bound,
                    "row " + row + ", output " + output + ": got " + value + ", expected " + exact + " within "
                            + bound);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.encoding.OperandPair;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Value;
import dev.inlay.kernels.KernelId;
import dev.inlay.plan.DeviceClass;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Evidence;
import dev.inlay.plan.MemoryMode;
import dev.inlay.plan.Plan;
import dev.inlay.plan.Planner;
import dev.inlay.plan.SparseUse;
import dev.inlay.plan.Step;
import dev.inlay.runtimetests.platform.OpenClDevices;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Curves of straight lines on class fpga: bit for bit, within their bound, and only where they were asked for. */
final class SegmentsTest {
    private static final float[] POINTS = points();

    private static float[] points() {
        float[] points = new float[33];
        for (int i = 0; i < points.length; i++) {
            points[i] = (float) sigmoid(i / 4.0);
        }
        return points;
    }

    private static double sigmoid(double v) {
        return 1 / (1 + Math.exp(-v));
    }

    private static float sigmoidBetween(float v) {
        float at = Math.min(Math.abs(v) * 4, 32);
        int below = Math.min((int) at, 31);
        float size = POINTS[below] + (at - below) * (POINTS[below + 1] - POINTS[below]);
        return v >= 0 ? size : 1 - size;
    }

    private static float tanhBetween(float v) {
        return 2 * sigmoidBetween(2 * v) - 1;
    }

    @Test
    void linesKeepTheirBound() {
        double most = 0;
        double mostOfTanh = 0;
        for (float v = -20; v <= 20; v += 1f / 128) {
            most = Math.max(most, Math.abs(sigmoidBetween(v) - sigmoid(v)));
            mostOfTanh = Math.max(mostOfTanh, Math.abs(tanhBetween(v) - Math.tanh(v)));
        }
        assertTrue(most > 7e-4 && most < 7.6e-4, "got " + most);
        assertTrue(mostOfTanh > 1.4e-3 && mostOfTanh < 1.52e-3, "got " + mostOfTanh);
    }

    @Tag("opencl")
    @TestFactory
    Stream<DynamicTest> linesAreThoseOfTheReference() {
        OpenClDevice device = OpenClDevices.all().getFirst();
        return Map.<String, DoubleUnaryOperator>of(
                        "SIGMOID_SEGMENTS",
                        v -> sigmoidBetween((float) v),
                        "TANH_SEGMENTS",
                        v -> tanhBetween((float) v))
                .entrySet()
                .stream()
                .map(curve -> DynamicTest.dynamicTest(
                        device.description().id() + ": " + curve.getKey(),
                        () -> check(device, curve.getKey(), curve.getValue())));
    }

    private static void check(OpenClDevice device, String activation, DoubleUnaryOperator curve) {
        FormatVariant variant = new FormatVariant(
                "contract.dense.fpga",
                "f32",
                new OperandPair(NumberFormat.F32, NumberFormat.F32),
                NumberFormat.F32,
                Map.of("ACTIVATION", activation, "MR", "2", "NV", "1", "RUNS", "4", "VW", "4"));
        FormatShape shape = FormatShape.ALL.stream()
                .filter(each -> each.operator().equals("fc"))
                .findFirst()
                .orElseThrow();
        boolean fused = device.description().features().contains("FMA");
        FormatCase given = FormatCase.of(variant, shape, fused);
        for (long i = 0; i < given.expected().elements(); i++) {
            given.expected().set(i, (float) curve.applyAsDouble(given.expected().getFloat(i)));
        }
        new FormatLaunch(given).check(device, false, 1);
    }

    private static Plan plan(Map<String, Integer> tuning) {
        DeviceDescription board = new DeviceDescription(
                "test/fpga-0",
                "test",
                "fpga",
                DeviceClass.FPGA,
                "ACCELERATOR",
                "1",
                "none",
                Evidence.MODELLED,
                1L << 32,
                1L << 31,
                1,
                1,
                4,
                Set.of("FMA"),
                tuning,
                false,
                Optional.empty());
        Graph graph = Graph.builder("curve")
                .input(new Value("x", ElementType.FLOAT32, Shape.of(2, 5)))
                .constant("w", OperatorCase.random(new Random(1), Shape.of(5, 3)))
                .node(
                        "it",
                        new Contraction.MatMul(new Epilogue(false, Function.of(Function.Kind.TANH))),
                        List.of("x", "w"),
                        "y")
                .output("y")
                .build();
        return Planner.plan(graph, List.of(board), Map.of(), true, MemoryMode.ARENA, SparseUse.BREAK_EVEN);
    }

    private static String activation(Plan plan) {
        return plan.steps().stream()
                .filter(Step.Launch.class::isInstance)
                .map(step -> ((Step.Launch) step).kernel())
                .filter(kernel -> kernel.spec().equals("contract.dense.fpga"))
                .map(KernelId::defines)
                .map(TreeMap::new)
                .findFirst()
                .orElseThrow()
                .get("ACTIVATION");
    }

    @Test
    void onlyATuningMakesLinesOfACurve() {
        assertEquals("TANH", activation(plan(Map.of())));
        Plan tuned = plan(Map.of("SEGMENTS", 1));
        assertEquals("TANH_SEGMENTS", activation(tuned));
        String why = tuned.decisions().getFirst().why();
        assertTrue(why.endsWith("its TANH is made of 64 straight lines, off by at most 1.6e-3"), why);
    }
}

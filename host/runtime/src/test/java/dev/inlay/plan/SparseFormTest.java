// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Value;
import dev.inlay.graph.Window;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

/** Which form a plan chooses for weights with zeros, and what it says of it. */
final class SparseFormTest {
    private static final int CHANNELS = 64;
    private static final int INNER = CHANNELS * 9;

    private static final String ROWS = "contract.sparse";
    private static final String PANELS = "panels";
    private static final String DENSE = "contract.dense.cpu";

    private static DeviceDescription device(DeviceClass deviceClass, Map<String, Integer> tuning) {
        return new DeviceDescription(
                "test/cpu-0",
                "test",
                "cpu",
                deviceClass,
                "CPU",
                "1",
                "none",
                Evidence.MODELLED,
                1L << 32,
                1L << 31,
                4096,
                2,
                8,
                Set.of("FMA"),
                tuning,
                false,
                Optional.empty());
    }

    private static Decision decision(LongPredicate kept, DeviceDescription device, SparseUse use) {
        Tensor weights = Tensor.allocate(ElementType.FLOAT32, Shape.of(CHANNELS, CHANNELS, 3, 3));
        for (long i = 0; i < weights.elements(); i++) {
            weights.set(i, kept.test(i) ? 1.0 : 0.0);
        }
        Graph graph = Graph.builder("sparse")
                .input(new Value("x", ElementType.FLOAT32, Shape.of(1, CHANNELS, 28, 28)))
                .constant("w", weights)
                .node(
                        "it",
                        new Contraction.Conv(new Window(3, 3, 1, 1, 1, 1, 1, 1, 1, 1), 1, Epilogue.NONE),
                        List.of("x", "w"),
                        "y")
                .output("y")
                .build();
        return Planner.plan(graph, List.of(device), Map.of(), true, MemoryMode.ARENA, use)
                .decisions()
                .getFirst();
    }

    private static LongPredicate scattered(double density) {
        Random random = new Random(1);
        return index -> random.nextDouble() < density;
    }

    /** Of every second input channel and tap all output channels. */
    private static boolean inColumns(long index) {
        return index % INNER % 2 == 0;
    }

    /** Two of four neighbouring input channels of each output channel and tap, which two differing. */
    private static boolean isOneOfTwo(long index) {
        return (index / 9 + index / INNER % 3 + index % 9) % 4 < 2;
    }

    private static void assertForm(String form, Decision decision) {
        String kernel = decision.kernel();
        String got = kernel.contains("LISTED=1") ? PANELS : kernel.substring(0, kernel.indexOf('{'));
        assertEquals(form, got, decision::why);
    }

    private static void assertForm(String form, LongPredicate kept, SparseUse use) {
        assertForm(form, decision(kept, device(DeviceClass.CPU, Map.of()), use));
    }

    @Test
    void whatIsFasterIsChosen() {
        assertForm(ROWS, scattered(0.1), SparseUse.BREAK_EVEN);
        assertForm(DENSE, scattered(0.5), SparseUse.BREAK_EVEN);
        assertForm(PANELS, SparseFormTest::inColumns, SparseUse.BREAK_EVEN);
    }

    /** The decision for one row by a matrix a tenth of which is not zero. */
    private static Decision ofOneRow(boolean rectified) {
        Random random = new Random(1);
        Tensor weights = Tensor.allocate(ElementType.FLOAT32, Shape.of(512, 512));
        for (long i = 0; i < weights.elements(); i++) {
            weights.set(i, random.nextInt(10) == 0 ? 1 : 0);
        }
        Function function = rectified ? Function.RELU : Function.of(Function.Kind.TANH);
        Graph graph = Graph.builder("row")
                .input(new Value("x", ElementType.FLOAT32, Shape.of(1, 512)))
                .constant("w", weights)
                .node("before", new Lanewise.Unary(function), List.of("x"), "a")
                .node("it", new Contraction.Gemm(1, 1, false, true, Epilogue.NONE), List.of("a", "w"), "y")
                .output("y")
                .build();
        return Planner.plan(
                        graph,
                        List.of(device(DeviceClass.CPU, Map.of())),
                        Map.of(),
                        true,
                        MemoryMode.ARENA,
                        SparseUse.BREAK_EVEN)
                .decisions()
                .getLast();
    }

    @Test
    void columnsOfZerosAreLeftOutBehindARectifier() {
        Decision rectified = ofOneRow(true);
        assertForm("contract.columns", rectified);
        assertTrue(rectified.why().contains("columns of 40.0 % of the activations: 0.22"), rectified::why);
        assertForm(ROWS, ofOneRow(false));
    }

    @Test
    void twoOfFourIsNotWorthIt() {
        Decision decision =
                decision(SparseFormTest::isOneOfTwo, device(DeviceClass.CPU, Map.of()), SparseUse.BREAK_EVEN);
        assertForm(DENSE, decision);
        assertTrue(decision.why().contains("50.0 % of its weights are not zero; modelled: rows: "), decision::why);
        assertTrue(decision.why().contains("break-even at 33.0 %; panels of 16 x 1 (100.0 % kept)"), decision::why);
        assertTrue(decision.why().contains("2 of 4: 2.08 of the dense time, break-even at 24.0 %"), decision::why);
    }

    @Test
    void aFormThatLosesIsTakenWhenAskedFor() {
        assertForm(ROWS, scattered(0.5), SparseUse.ROWS);
        assertForm(PANELS, scattered(0.5), SparseUse.PANELS);
        assertForm("contract.nofm", SparseFormTest::isOneOfTwo, SparseUse.N_OF_M);
        assertForm(DENSE, SparseFormTest::inColumns, SparseUse.NEVER);
    }

    @Test
    void aDeviceMayHaveBreakEvensOfItsOwn() {
        assertForm(
                ROWS,
                decision(scattered(0.5), device(DeviceClass.CPU, Map.of("BREAK_EVEN_ROWS", 80)), SparseUse.BREAK_EVEN));
        assertForm(
                "contract.dense.gpu",
                decision(scattered(0.1), device(DeviceClass.GPU, Map.of()), SparseUse.BREAK_EVEN));
    }

    @Test
    void weightsWithoutZerosSayNothing() {
        Decision decision = decision(index -> true, device(DeviceClass.CPU, Map.of()), SparseUse.ROWS);
        assertForm(DENSE, decision);
        assertEquals("the only kernel for this operator", decision.why());
    }
}

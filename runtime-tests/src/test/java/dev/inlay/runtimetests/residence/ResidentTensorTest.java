// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.residence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.inlay.CompileOptions;
import dev.inlay.DeviceException;
import dev.inlay.Engine;
import dev.inlay.ResidentTensor;
import dev.inlay.ResidentTensors;
import dev.inlay.Session;
import dev.inlay.UsageException;
import dev.inlay.backend.opencl.BinaryCache;
import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.backend.opencl.binding.ClStatus;
import dev.inlay.backend.opencl.binding.FaultyApi;
import dev.inlay.backend.opencl.binding.LedgerApi;
import dev.inlay.backend.opencl.binding.RecordingApi;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Normalization;
import dev.inlay.graph.Value;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.MemoryMode;
import dev.inlay.runtimetests.platform.Engines;
import dev.inlay.runtimetests.platform.Target;
import dev.inlay.runtimetests.platform.TestPlatform;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two models in a row, the tensors between them left on the device. */
@Tag("opencl")
final class ResidentTensorTest {
    private static final Shape IMAGE = Shape.of(2, 3, 4, 5);

    /** {@code wide = tanh(x)} and {@code narrow = |wide|}: an output that a later node reads too. */
    private static final Graph FRONT = Graph.builder("front")
            .input(new Value("x", ElementType.FLOAT32, IMAGE))
            .node("tanh", new Lanewise.Unary(Function.of(Function.Kind.TANH)), List.of("x"), "wide")
            .node("abs", new Lanewise.Unary(Function.of(Function.Kind.ABS)), List.of("wide"), "narrow")
            .output("wide")
            .output("narrow")
            .build();

    private static final Graph BACK = Graph.builder("back")
            .input(new Value("a", ElementType.FLOAT32, IMAGE))
            .input(new Value("b", ElementType.FLOAT32, IMAGE))
            .node("sum", new Lanewise.Binary(Lanewise.Arithmetic.ADD), List.of("a", "b"), "s")
            .node("softmax", new Normalization.Softmax(3, false, false), List.of("s"), "y")
            .output("y")
            .build();

    private static Tensor image() {
        float[] values = new float[(int) IMAGE.elements()];
        IntStream.range(0, values.length).forEach(i -> values[i] = (float) Math.sin(i) * 2);
        return Tensor.of(IMAGE, values);
    }

    private static CompileOptions on(DeviceDescription device) {
        return CompileOptions.on(device.id()).withMemory(device.debugger() ? MemoryMode.SEPARATE : MemoryMode.GUARDED);
    }

    private static float[] overTheHost(Session front, Session back) {
        Map<String, Tensor> middle = front.run(Map.of("x", image()));
        return back.run(Map.of("a", middle.get("wide"), "b", middle.get("narrow")))
                .get("y")
                .toFloats();
    }

    private static float[] resident(Session front, Session back) {
        try (ResidentTensor x = ResidentTensor.of(image());
                ResidentTensors middle = front.runResident(Map.of("x", x));
                ResidentTensors end = back.runResident(Map.of("a", middle.get("wide"), "b", middle.get("narrow")))) {
            return end.get("y").read().toFloats();
        }
    }

    @TestFactory
    Stream<DynamicTest> theChainGivesWhatTheWayOverTheHostGives() {
        Engine engine = Engines.current();
        return everywhere()
                .map(device -> DynamicTest.dynamicTest(device.id(), () -> {
                    try (Session front = engine.compile(FRONT, on(device)).open();
                            Session back = engine.compile(BACK, on(device)).open()) {
                        float[] expected = overTheHost(front, back);
                        assertArrayEquals(expected, resident(front, back));
                        assertArrayEquals(expected, resident(front, back), "the second time");
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> anotherDeviceTakesTheTensorToo() {
        Engine engine = Engines.current();
        return everywhere()
                .flatMap(from -> everywhere()
                        .filter(to -> !to.equals(from))
                        .map(to -> DynamicTest.dynamicTest(from.id() + " to " + to.id(), () -> {
                            try (Session front = engine.compile(FRONT, on(from)).open();
                                    Session back = engine.compile(BACK, on(to)).open()) {
                                assertArrayEquals(overTheHost(front, back), resident(front, back));
                            }
                        })));
    }

    /** With one node elsewhere, the host has to see what both devices read. */
    @TestFactory
    Stream<DynamicTest> modelsOverTwoDevicesTakeAndGiveThemToo() {
        Engine engine = Engines.current();
        return Engines.devices().stream()
                .flatMap(device -> everywhere()
                        .filter(other -> !other.equals(device))
                        .map(other -> DynamicTest.dynamicTest(device.id() + " with " + other.id(), () -> {
                            CompileOptions split = on(device).withPins(Map.of("abs", other.id()));
                            CompileOptions crossed = on(other).withPins(Map.of("softmax", device.id()));
                            try (Session front = engine.compile(FRONT, split).open();
                                    Session back = engine.compile(BACK, crossed).open()) {
                                assertArrayEquals(overTheHost(front, back), resident(front, back));
                            }
                        })));
    }

    @Test
    void aTensorOfAnotherEngineIsTakenOverTheHost() {
        DeviceDescription device = Engines.devices().getFirst();
        try (Engine other = recorded(new RecordingApi(present().api()));
                Session theirs = other.compile(FRONT, on(device)).open();
                Session front = Engines.current().compile(FRONT, on(device)).open();
                Session back = Engines.current().compile(BACK, on(device)).open()) {
            assertArrayEquals(overTheHost(front, back), resident(theirs, back));
        }
    }

    @Test
    void nothingBetweenTheModelsPassesOverTheHostAndNothingLeaks() {
        DeviceDescription device = Engines.devices().getFirst();
        LedgerApi ledger = new LedgerApi(present().api());
        RecordingApi api = new RecordingApi(ledger);
        try (Engine engine = recorded(api)) {
            CompileOptions options = CompileOptions.on(device.id()).withMemory(MemoryMode.ARENA);
            try (Session front = engine.compile(FRONT, options).open();
                    Session back = engine.compile(BACK, options).open()) {
                int begin = api.lines().size();
                overTheHost(front, back);
                int middle = api.lines().size();
                resident(front, back);
                List<String> over = api.lines().subList(begin, middle);
                List<String> within = api.lines().subList(middle, api.lines().size());
                // x and the two between them go up, the two between them and y come down.
                assertEquals(List.of(3L, 3L, 0L), counts(over), over::toString);
                // x goes up and y comes down; three outputs are kept, and two of them filled in.
                assertEquals(List.of(1L, 1L, 5L), counts(within), within::toString);
            }
        }
        assertEquals(Map.of(), ledger.live());
    }

    /** The five copies of the chain fail in turn. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void aFailedCopyLeaksNothingAndLeavesTheSessionsUsable(int call) {
        DeviceDescription device = Engines.devices().getFirst();
        LedgerApi ledger = new LedgerApi(present().api());
        ClApi faulty = FaultyApi.failing(ledger, "copy", call, ClStatus.OUT_OF_RESOURCES);
        try (Engine engine = recorded(new RecordingApi(faulty));
                Session front = engine.compile(FRONT, on(device)).open();
                Session back = engine.compile(BACK, on(device)).open()) {
            assertThrows(DeviceException.class, () -> resident(front, back));
            assertArrayEquals(overTheHost(front, back), resident(front, back));
        }
        assertEquals(Map.of(), ledger.live());
    }

    private static List<Long> counts(List<String> lines) {
        return Stream.of("write(", "read(", "copy(")
                .map(call ->
                        lines.stream().filter(line -> line.startsWith(call)).count())
                .toList();
    }

    @Test
    void aClosedTensorIsRefused() {
        Engine engine = Engines.current();
        DeviceDescription device = Engines.devices().getFirst();
        try (Session front = engine.compile(FRONT, on(device)).open()) {
            ResidentTensors outputs = front.runResident(Map.of("x", ResidentTensor.of(image())));
            ResidentTensor wide = outputs.get("wide");
            outputs.close();
            outputs.close();
            String expected = "resident tensor FLOAT32 " + IMAGE + " on " + device.id()
                    + ": got a closed one, expected an open one";
            assertEquals(
                    expected,
                    assertThrows(IllegalStateException.class, () -> front.runResident(Map.of("x", wide)))
                            .getMessage());
            assertEquals(
                    expected,
                    assertThrows(IllegalStateException.class, wide::read).getMessage());
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Engine engine = Engines.current();
        DeviceDescription device = Engines.devices().getFirst();
        try (Session front = engine.compile(FRONT, on(device)).open();
                ResidentTensor flat = ResidentTensor.of(image().reshaped(Shape.of(2, 60)));
                ResidentTensor x = ResidentTensor.of(image());
                ResidentTensors outputs = front.runResident(Map.of("x", x))) {
            assertEquals(
                    "input \"x\": got FLOAT32 " + Shape.of(2, 60) + ", expected FLOAT32 " + IMAGE,
                    assertThrows(UsageException.class, () -> front.runResident(Map.of("x", flat)))
                            .getMessage());
            assertEquals(
                    "output: got \"z\", expected one of [wide, narrow]",
                    assertThrows(UsageException.class, () -> outputs.get("z")).getMessage());
        }
    }

    private static Stream<DeviceDescription> everywhere() {
        return Stream.concat(Engines.devices().stream(), Stream.of(DeviceDescription.reference()));
    }

    private static Target.Present present() {
        return TestPlatform.current().targets("lwjgl").findFirst().orElseThrow().orSkip();
    }

    private static Engine recorded(RecordingApi api) {
        return Engine.over(api, new BinaryCache(Path.of("target", "programs"), 1L << 30));
    }
}

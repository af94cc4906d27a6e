// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.CompileOptions;
import dev.inlay.Engine;
import dev.inlay.UsageException;
import dev.inlay.backend.opencl.BinaryCache;
import dev.inlay.backend.opencl.binding.ImaginaryApi;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Lanewise;
import dev.inlay.graph.Move;
import dev.inlay.graph.Normalization;
import dev.inlay.graph.Value;
import dev.inlay.graph.Window;
import dev.inlay.plan.Decision;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pin names a node of the model, whatever rewriting makes of it. */
final class PinTest {
    private static final String HOST = DeviceDescription.REFERENCE;

    @TempDir
    Path folder = Path.of("");

    /** Padding, a convolution, a batch normalisation and a rectifier, which become one node; then a residual block. */
    private static Graph network() {
        return Graph.builder("pins")
                .input(new Value("image", ElementType.FLOAT32, Shape.of(1, 2, 6, 6)))
                .constant("w", filled(Shape.of(2, 2, 3, 3)))
                .constant("w2", filled(Shape.of(2, 2, 1, 1)))
                .constant("two", filled(Shape.of(2)))
                .node("pad", new Move.Pad(List.of(0, 0, 1, 1), List.of(0, 0, 1, 1), 0), List.of("image"), "padded")
                .node("conv", new Contraction.Conv(Window.of(3, 3), 1, Epilogue.NONE), List.of("padded", "w"), "c")
                .node(
                        "norm",
                        new Normalization.BatchNormalization(1e-5f),
                        List.of("c", "two", "two", "two", "two"),
                        "n")
                .node("relu", new Lanewise.Unary(Function.of(Function.Kind.RELU)), List.of("n"), "r")
                .node("conv2", new Contraction.Conv(Window.of(1, 1), 1, Epilogue.NONE), List.of("r", "w2"), "c2")
                .node("add", new Lanewise.Binary(Lanewise.Arithmetic.ADD), List.of("c2", "r"), "sum")
                .node("last", new Lanewise.Unary(Function.of(Function.Kind.RELU)), List.of("sum"), "scores")
                .output("scores")
                .build();
    }

    private static Tensor filled(Shape shape) {
        Tensor tensor = Tensor.allocate(ElementType.FLOAT32, shape);
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.set(i, 0.5);
        }
        return tensor;
    }

    private Map<String, String> placements(Map<String, String> pins) {
        try (Engine engine =
                Engine.over(ImaginaryApi.cpu("imaginary"), new BinaryCache(folder.resolve("programs"), 1L << 20))) {
            String device = engine.devices().getFirst().id();
            return engine.compile(network(), CompileOptions.on(device).withPins(pins)).placements().stream()
                    .collect(Collectors.toMap(Decision::node, Decision::device));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pad", "conv", "norm", "relu"})
    void aPinFollowsItsNodeIntoTheFirstConvolution(String pinned) {
        assertEquals(Map.of("conv", HOST, "conv2", "imaginary/imaginary-0"), placements(Map.of(pinned, HOST)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"conv2", "add", "last"})
    void aPinFollowsItsNodeIntoTheResidualBlock(String pinned) {
        assertEquals(Map.of("conv", "imaginary/imaginary-0", "conv2", HOST), placements(Map.of(pinned, HOST)));
    }

    @Test
    void pinsOfFusedNodesMayAgree() {
        assertEquals(
                Map.of("conv", HOST, "conv2", "imaginary/imaginary-0"), placements(Map.of("norm", HOST, "relu", HOST)));
    }

    @Test
    void pinsOfFusedNodesMustNotDisagree() {
        var error = assertThrows(
                UsageException.class, () -> placements(Map.of("norm", HOST, "relu", "imaginary/imaginary-0")));
        assertEquals(
                "pins norm=reference and relu=imaginary/imaginary-0: got two devices for nodes that are fused into conv,"
                        + " expected one",
                error.getMessage());
    }

    @Test
    void anUnknownNodeIsRefusedByName() {
        var error = assertThrows(UsageException.class, () -> placements(Map.of("nothing", HOST)));
        assertTrue(error.getMessage()
                .startsWith("pin nothing=reference: got no such node, expected one of [pad, conv, norm, relu, "));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.inlay.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The text of each function; {@code -Dinlay.goldens=write} replaces the files by what is true now. */
class InlayFunctionTest {
    private static final Path FOLDER = Path.of("src", "test", "resources", "functions");

    @ParameterizedTest
    @EnumSource
    void keepsItsBody(InlayFunction function) throws IOException {
        Path file = FOLDER.resolve(function.title() + ".txt");
        String text = text(function.proto());
        if ("write".equals(System.getProperty("inlay.goldens"))) {
            Files.createDirectories(FOLDER);
            Files.writeString(file, text);
        }
        assertEquals(
                Files.readString(file),
                text,
                file + " differs; if that is meant, raise the version and run again with -Dinlay.goldens=write");
    }

    private static String text(FunctionProto function) {
        return function.getDomain() + "." + function.getName() + "<" + String.join(", ", function.getAttributeList())
                + ">(" + String.join(", ", function.getInputList()) + ") -> " + function.getOutput(0) + ", version "
                + InlayFunction.VERSION + ", opset "
                + function.getOpsetImport(0).getVersion() + "\n"
                + function.getNodeList().stream().map(InlayFunctionTest::text).collect(Collectors.joining());
    }

    private static String text(NodeProto node) {
        String attributes = node.getAttributeList().stream()
                .map(InlayFunctionTest::text)
                .collect(Collectors.joining(", ", "<", ">"));
        return "  " + node.getOutput(0) + " = " + node.getOpType() + (attributes.length() > 2 ? attributes : "") + "("
                + String.join(", ", node.getInputList()) + ")\n";
    }

    private static String text(AttributeProto attribute) {
        String value = attribute.getRefAttrName().isEmpty()
                ? attribute.hasT()
                        ? text(attribute.getT())
                        : attribute.getIntsCount() > 0
                                ? attribute.getIntsList().toString()
                                : String.valueOf(attribute.getI())
                : "@" + attribute.getRefAttrName();
        return attribute.getName() + " = " + value;
    }

    private static String text(TensorProto proto) {
        Tensor tensor = new TensorReader(Optional.empty()).read("constant", proto);
        StringBuilder text = new StringBuilder(tensor.type() + " " + tensor.shape() + " {");
        for (long i = 0; i < tensor.elements(); i++) {
            text.append(i == 0 ? "" : " ")
                    .append(tensor.type().isFloating() ? Float.toHexString(tensor.getFloat(i)) : tensor.getLong(i));
        }
        return text.append("}").toString();
    }
}

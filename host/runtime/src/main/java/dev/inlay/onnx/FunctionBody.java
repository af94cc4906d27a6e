// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/** Collects the nodes of a function; every method gives the name of the value that it defined. */
final class FunctionBody {
    private final FunctionProto.Builder to;

    FunctionBody(FunctionProto.Builder to) {
        this.to = to;
    }

    String op(String op, String... inputs) {
        return op(op, List.of(inputs));
    }

    String op(String op, List<String> inputs, AttributeProto... attributes) {
        String output = "v" + to.getNodeCount();
        add(op, inputs, output, attributes);
        return output;
    }

    /** Defines the function's output. */
    void result(String op, String... inputs) {
        result(op, List.of(inputs));
    }

    /** As {@link #result(String, String...)}, of an operator with attributes. */
    void result(String op, List<String> inputs, AttributeProto... attributes) {
        add(op, inputs, to.getOutput(0), attributes);
    }

    private void add(String op, List<String> inputs, String output, AttributeProto... attributes) {
        to.addNode(NodeProto.newBuilder()
                .setOpType(op)
                .addAllInput(inputs)
                .addOutput(output)
                .addAllAttribute(Arrays.asList(attributes)));
    }

    String numbers(float... values) {
        return constant(Tensor.of(Shape.of(values.length), values));
    }

    String number(float value) {
        return constant(Tensor.of(Shape.SCALAR, value));
    }

    String integers(long... values) {
        return constant(Tensor.of(Shape.of(values.length), values));
    }

    String integer(long value) {
        return constant(Tensor.of(Shape.SCALAR, value));
    }

    String constant(Tensor tensor) {
        return op("Constant", List.of(), AttributeWriter.of("value", tensor));
    }

    /** An integer attribute of the function as an INT64 scalar. */
    String attribute(String name) {
        return op("Constant", List.of(), reference("value_int", name));
    }

    /** An integer attribute of the function as a FLOAT32 scalar. */
    String floatAttribute(String name) {
        return toFloat(attribute(name));
    }

    String toFloat(String value) {
        return op("Cast", List.of(value), AttributeWriter.of("to", DataType.FLOAT_VALUE));
    }

    /** An attribute of a node that has the value of one of the function's. */
    static AttributeProto reference(String name, String of) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.INT)
                .setRefAttrName(of)
                .build();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import dev.inlay.graph.GraphException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The functions that a model defines for itself, each call of which is the nodes of its body. */
final class LocalFunctions {
    /** Calls inside calls. */
    private static final int DEPTH = 8;

    private final Map<String, FunctionProto> functions = new HashMap<>();
    private int nodes;

    LocalFunctions(ModelProto model) {
        for (FunctionProto function : model.getFunctionsList()) {
            String key = key(function.getDomain(), function.getName(), function.getOverload());
            if (functions.put(key, function) != null) {
                throw new GraphException("function \"" + function.getDomain() + "." + function.getName()
                        + "\": got it twice, expected it once");
            }
        }
    }

    private static String key(String domain, String name, String overload) {
        return domain + "\0" + name + "\0" + overload;
    }

    /** The function that a node calls. */
    Optional<FunctionProto> find(NodeProto call) {
        return Optional.ofNullable(functions.get(key(call.getDomain(), call.getOpType(), call.getOverload())));
    }

    /**
     * The nodes that a call stands for, reading and defining values of the caller.
     *
     * @param name of the calling node
     * @param depth of calls around it
     * @throws GraphException if calls nest too deeply or come to too many nodes
     */
    List<NodeProto> body(String name, NodeProto call, FunctionProto function, int depth, Scope scope) {
        if (depth >= DEPTH) {
            throw new GraphException("got calls of functions nested deeper than " + DEPTH + ", expected fewer");
        }
        nodes += function.getNodeCount();
        if (nodes > Limits.NODES) {
            throw new GraphException("got functions of more than " + Limits.NODES + " nodes, expected fewer");
        }
        requireOpset(function, scope.opset());
        if (call.getInputCount() > function.getInputCount() || call.getOutputCount() > function.getOutputCount()) {
            throw new IllegalArgumentException("got " + call.getInputCount() + " inputs and " + call.getOutputCount()
                    + " outputs, expected at most " + function.getInputCount() + " and " + function.getOutputCount());
        }
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < function.getInputCount(); i++) {
            values.put(function.getInput(i), i < call.getInputCount() ? call.getInput(i) : "");
        }
        for (int i = 0; i < call.getOutputCount(); i++) {
            if (!call.getOutput(i).isEmpty() && values.putIfAbsent(function.getOutput(i), call.getOutput(i)) != null) {
                throw new IllegalArgumentException("got the value \"" + function.getOutput(i)
                        + "\" as an input and an output of the function, expected one of them");
            }
        }
        Map<String, AttributeProto> attributes = new HashMap<>();
        function.getAttributeProtoList().forEach(attribute -> attributes.put(attribute.getName(), attribute));
        call.getAttributeList().forEach(attribute -> attributes.put(attribute.getName(), attribute));
        List<NodeProto> body = new ArrayList<>();
        for (int i = 0; i < function.getNodeCount(); i++) {
            NodeProto node = function.getNode(i);
            NodeProto.Builder copy = node.toBuilder()
                    .setName(name + "/" + (node.getName().isEmpty() ? node.getOpType() + "_" + i : node.getName()))
                    .clearInput()
                    .clearOutput()
                    .clearAttribute();
            node.getInputList().forEach(input -> copy.addInput(values.getOrDefault(input, input)));
            for (String output : node.getOutputList()) {
                copy.addOutput(
                        output.isEmpty()
                                ? ""
                                : values.computeIfAbsent(output, inner -> scope.freshValue(name + "/" + inner)));
            }
            node.getAttributeList()
                    .forEach(attribute -> given(attribute, attributes).ifPresent(copy::addAttribute));
            body.add(copy.build());
        }
        return body;
    }

    private static void requireOpset(FunctionProto function, int opset) {
        for (OperatorSetIdProto set : function.getOpsetImportList()) {
            if (ModelImport.isOnnx(set.getDomain()) && set.getVersion() != opset) {
                throw new UnsupportedNodeException(
                        "got a function of opset " + set.getVersion() + ", expected " + opset + " as the model's");
            }
        }
    }

    /** An attribute of a node of the body, whose value may be one of the call's; empty where the call gives none. */
    private static Optional<AttributeProto> given(AttributeProto attribute, Map<String, AttributeProto> attributes) {
        if (attribute.getRefAttrName().isEmpty()) {
            return Optional.of(attribute);
        }
        return Optional.ofNullable(attributes.get(attribute.getRefAttrName()))
                .map(value -> value.toBuilder().setName(attribute.getName()).build());
    }
}

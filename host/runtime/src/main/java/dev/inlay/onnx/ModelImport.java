// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Value;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The import of one parsed model. */
final class ModelImport {
    private static final int LEAST_IR = 3;
    private static final int LEAST_OPSET = 7;
    private static final int MOST_OPSET = 22;

    private final GraphProto graph;
    private final String name;
    private final Map<String, Shape> shapes;
    private final LocalFunctions functions;
    private final Scope scope;
    private final Set<String> read = new HashSet<>();
    private final long inlayVersion;
    private final List<Unsupported> unsupported = new ArrayList<>();
    private final List<NodeProto> leftOut = new ArrayList<>();

    ModelImport(ModelProto model, String name, Optional<ExternalData> external, Map<String, Shape> shapes) {
        if (!model.hasGraph()) {
            throw new GraphException("model: got no graph, expected an ONNX model");
        }
        if (model.getIrVersion() < LEAST_IR) {
            throw new GraphException(
                    "model: got IR version " + model.getIrVersion() + ", expected at least " + LEAST_IR);
        }
        this.graph = model.getGraph();
        if (graph.getNodeCount() > Limits.NODES) {
            throw new GraphException("model: got " + graph.getNodeCount() + " nodes, expected at most " + Limits.NODES);
        }
        this.functions = new LocalFunctions(model);
        this.inlayVersion = model.getOpsetImportList().stream()
                .filter(set -> set.getDomain().equals(InlayFunction.DOMAIN))
                .mapToLong(OperatorSetIdProto::getVersion)
                .findFirst()
                .orElse(0);
        this.name = graph.getName().isEmpty() ? name : graph.getName();
        this.shapes = shapes;
        Set<String> taken = new HashSet<>();
        graph.getInputList().forEach(value -> taken.add(value.getName()));
        graph.getInitializerList().forEach(tensor -> taken.add(tensor.getName()));
        graph.getSparseInitializerList()
                .forEach(tensor -> taken.add(tensor.getValues().getName()));
        for (NodeProto node : graph.getNodeList()) {
            taken.addAll(node.getOutputList());
            read.addAll(node.getInputList());
        }
        graph.getOutputList().forEach(value -> read.add(value.getName()));
        this.scope = new Scope(opset(model), new TensorReader(external), taken);
    }

    private static int opset(ModelProto model) {
        Optional<Long> opset = Optional.empty();
        for (OperatorSetIdProto set : model.getOpsetImportList()) {
            if (isOnnx(set.getDomain())) {
                if (opset.isPresent()) {
                    throw new GraphException("model: got ONNX's operator set imported twice, expected once");
                }
                opset = Optional.of(set.getVersion());
            }
        }
        long version = opset.orElseThrow(
                () -> new GraphException("model: got no version of ONNX's operator set, expected one"));
        if (version < LEAST_OPSET || version > MOST_OPSET) {
            throw new GraphException("model: got opset " + version + ", expected " + LEAST_OPSET + " to " + MOST_OPSET);
        }
        return (int) version;
    }

    static boolean isOnnx(String domain) {
        return domain.isEmpty() || domain.equals("ai.onnx");
    }

    Inspection run() {
        Set<String> initialized = new HashSet<>();
        for (TensorProto tensor : graph.getInitializerList()) {
            initialized.add(tensor.getName());
            initializer(tensor);
        }
        for (SparseTensorProto tensor : graph.getSparseInitializerList()) {
            initialized.add(tensor.getValues().getName());
            SparseInitializer.read(tensor, scope);
        }
        List<ValueInfoProto> inputs = graph.getInputList().stream()
                .filter(input -> !initialized.contains(input.getName()))
                .toList();
        InputShapes extents = InputShapes.of(inputs, shapes);
        extents.values().forEach(scope::input);
        nodes();
        List<Inspection.Output> outputs = new ArrayList<>();
        Set<String> wanted = new LinkedHashSet<>();
        for (ValueInfoProto output : graph.getOutputList()) {
            if (!wanted.add(output.getName())) {
                throw new GraphException("output \"" + output.getName() + "\": got it twice, expected it once");
            }
            if (scope.isUnknown(output.getName())) {
                outputs.add(extents.output(output));
            } else {
                requireType(output);
                Value value = scope.value(output.getName());
                outputs.add(
                        new Inspection.Output(output.getName(), Optional.of(value.type()), Optional.of(value.shape())));
            }
        }
        if (outputs.isEmpty()) {
            throw new GraphException("model: got no outputs, expected at least one");
        }
        wanted.removeIf(scope::isUnknown);
        wanted.forEach(scope::output);
        for (NodeProto node : leftOut) {
            node.getInputList().stream()
                    .filter(scope::isDefined)
                    .map(scope::held)
                    .forEach(wanted::add);
        }
        return new Inspection(scope.opset(), scope.graph(name, wanted), leftOut.size(), outputs, unsupported);
    }

    private void initializer(TensorProto proto) {
        String what = "initializer \"" + proto.getName() + "\"";
        Optional<CodeType> type = CodeType.of(proto.getDataType()).filter(CodeType::isWidened);
        if (type.isPresent()) {
            scope.widened(proto.getName(), scope.tensors().read(what, proto, type.get()), type.get());
        } else {
            scope.constant(proto.getName(), scope.tensors().read(what, proto));
        }
    }

    private void requireType(ValueInfoProto output) {
        ElementType type = scope.value(output.getName()).type();
        TypeProto declared = output.getType();
        if (declared.hasTensorType()
                && declared.getTensorType().getElemType() != 0
                && declared.getTensorType().getElemType() != TensorReader.number(type)) {
            throw new GraphException("output \"" + output.getName() + "\": got a declared type of "
                    + TensorReader.typeName(declared.getTensorType().getElemType()) + ", expected " + type);
        }
    }

    private void nodes() {
        Set<NodeProto> live = live();
        Set<String> names = new HashSet<>();
        graph.getNodeList().forEach(node -> names.add(node.getName()));
        for (int index = 0; index < graph.getNodeCount(); index++) {
            NodeProto proto = graph.getNode(index);
            if (!live.contains(proto)) {
                continue;
            }
            String wish = proto.getName();
            if (wish.isEmpty()) {
                wish = proto.getOpType() + "_" + index;
                while (!names.add(wish)) {
                    wish += "_";
                }
            }
            node(scope.freshNode(wish), proto, 0);
        }
    }

    /** The nodes that lead to an output, by identity: a message compares by its content. */
    private Set<NodeProto> live() {
        Set<NodeProto> live = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<String> needed = new HashSet<>();
        graph.getOutputList().forEach(output -> needed.add(output.getName()));
        for (int index = graph.getNodeCount() - 1; index >= 0; index--) {
            NodeProto node = graph.getNode(index);
            if (node.getOutputList().stream().anyMatch(output -> !output.isEmpty() && needed.contains(output))) {
                live.add(node);
                needed.addAll(node.getInputList());
            }
        }
        return live;
    }

    /**
     * @param depth of the calls of functions around the node
     */
    private void node(String nodeName, NodeProto proto, int depth) {
        String op = isOnnx(proto.getDomain()) ? proto.getOpType() : proto.getDomain() + "::" + proto.getOpType();
        String where = "node \"" + nodeName + "\" (" + op + ")";
        try {
            Optional<Operators.Operator> operator =
                    Operators.find(isOnnx(proto.getDomain()) ? "" : proto.getDomain(), proto.getOpType());
            if (proto.getDomain().equals(InlayFunction.DOMAIN)) {
                requireKnown(proto.getOpType());
            }
            Optional<FunctionProto> function = operator.isEmpty() ? functions.find(proto) : Optional.empty();
            if (function.isPresent()) {
                call(nodeName, proto, function.get(), depth);
                return;
            }
            if (operator.isEmpty()) {
                throw new UnsupportedNodeException("got an operator that is not supported, expected one that is");
            }
            for (String input : proto.getInputList()) {
                if (scope.isUnknown(input)) {
                    leaveOut(proto);
                    return;
                }
                if (!input.isEmpty()) {
                    scope.value(input);
                }
            }
            make(nodeName, proto, operator.get());
        } catch (UnsupportedNodeException e) {
            unsupported.add(new Unsupported(OneLine.of(nodeName), OneLine.of(op), OneLine.of(e.getMessage())));
            leaveOut(proto);
        } catch (GraphException e) {
            throw new GraphException(
                    e.getMessage().startsWith("node ") ? e.getMessage() : where + ": " + e.getMessage(), e);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new GraphException(where + ": " + e.getMessage(), e);
        }
    }

    private void call(String nodeName, NodeProto proto, FunctionProto function, int depth) {
        List<NodeProto> body = functions.body(nodeName, proto, function, depth, scope);
        for (NodeProto node : body) {
            read.addAll(node.getInputList());
        }
        for (NodeProto node : body) {
            node(scope.freshNode(node.getName()), node, depth + 1);
        }
    }

    /** A reader of another version would decode other weights, so nothing else is made of it. */
    private void requireKnown(String function) {
        if (inlayVersion != InlayFunction.VERSION || InlayFunction.of(function).isEmpty()) {
            throw new UnsupportedNodeException("got the function " + function + " of version " + inlayVersion
                    + ", expected one of " + InlayFunction.titles() + " of version " + InlayFunction.VERSION);
        }
    }

    private void leaveOut(NodeProto proto) {
        leftOut.add(proto);
        for (String output : proto.getOutputList()) {
            if (!output.isEmpty() && !scope.isUnknown(output) && !scope.isDefined(output)) {
                scope.unknown(output);
            }
        }
    }

    private void make(String nodeName, NodeProto proto, Operators.Operator operator) {
        int count = proto.getInputCount();
        if (count < operator.least() || count > operator.most()) {
            throw new IllegalArgumentException("got " + count + " inputs, expected " + operator.least()
                    + (operator.most() == operator.least() ? "" : " to " + operator.most()));
        }
        for (int position = operator.outputs(); position < proto.getOutputCount(); position++) {
            if (!proto.getOutput(position).isEmpty() && read.contains(proto.getOutput(position))) {
                throw new UnsupportedNodeException("got output " + position + " used, expected "
                        + (operator.outputs() == 1 ? "output 0 to be used only" : "lower outputs to be used only"));
            }
        }
        if (proto.getOutput(0).isEmpty()) {
            throw new IllegalArgumentException("got no name for output 0, expected one");
        }
        OnnxNode node = new OnnxNode(nodeName, proto, scope);
        CodesImport.make(node, operator);
        if (!node.attributes().unread().isEmpty()) {
            throw new UnsupportedNodeException(
                    "got attributes " + node.attributes().unread() + " that opset " + scope.opset()
                            + " does not give the operator, expected none");
        }
    }
}

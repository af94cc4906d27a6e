// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.graph.Graph;
import dev.inlay.graph.OperationCount;
import dev.inlay.graph.Value;
import dev.inlay.onnx.Inspection;
import dev.inlay.onnx.Unsupported;
import dev.inlay.tensor.ElementType;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code inlay inspect}. */
@Command(name = "inspect", description = "Say what a model holds and what of it cannot be run.")
final class InspectVerb extends Verb {
    @Mixin
    private ShapeOptions model;

    /** An input or an output; what nobody knows of an output behind an unsupported node is absent. */
    record End(String name, Optional<ElementType> type, Optional<List<Long>> shape) {
        static End of(Value value) {
            return of(new Inspection.Output(value.name(), Optional.of(value.type()), Optional.of(value.shape())));
        }

        static End of(Inspection.Output output) {
            return new End(
                    output.name(),
                    output.type(),
                    output.shape()
                            .map(shape -> Arrays.stream(shape.toArray()).boxed().toList()));
        }

        @Override
        public String toString() {
            return name + " " + type.map(ElementType::name).orElse("of unknown type") + " "
                    + shape.map(List::toString).orElse("of unknown shape");
        }
    }

    /**
     * @param nodes nodes of the network, an unsupported one and each behind it counting as one
     * @param parameters numbers of all constants
     * @param ops operations of one run, a multiply-add being 2; absent where something is unsupported
     * @param bytes bytes of all constants
     */
    record Inspected(
            String model,
            int opset,
            List<End> inputs,
            List<End> outputs,
            int nodes,
            long parameters,
            OptionalLong ops,
            long bytes,
            List<Unsupported> unsupported)
            implements Report {
        @Override
        public void print(PrintStream out) {
            out.println(model + ", opset " + opset);
            inputs.forEach(input -> out.println("  in   " + input));
            outputs.forEach(output -> out.println("  out  " + output));
            out.printf(
                    "  %,d nodes, %,d parameters, %s operations a run, %s of weights%n",
                    nodes,
                    parameters,
                    ops.isPresent() ? "%,d".formatted(ops.getAsLong()) : "unknown",
                    Table.bytes(bytes));
            unsupported.forEach(
                    node -> out.println("  unsupported: " + node.node() + " (" + node.op() + "): " + node.why()));
        }
    }

    @Override
    protected Report report() throws IOException {
        Inspection inspection = model.file().inspect(model.shapes());
        Graph known = inspection.known();
        Optional<Graph> whole = inspection.graph();
        return new Inspected(
                model.file().path().toString(),
                inspection.opset(),
                known.inputs().stream().map(End::of).toList(),
                inspection.outputs().stream().map(End::of).toList(),
                known.nodes().size() + inspection.leftOut(),
                known.parameters(),
                whole.isPresent() ? OptionalLong.of(OperationCount.of(whole.get())) : OptionalLong.empty(),
                known.constantBytes(),
                inspection.unsupported());
    }
}

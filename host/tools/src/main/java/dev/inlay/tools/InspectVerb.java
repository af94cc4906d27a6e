// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.graph.Graph;
import dev.inlay.graph.OperationCount;
import dev.inlay.graph.Value;
import dev.inlay.onnx.Inspection;
import dev.inlay.onnx.Unsupported;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code inlay inspect}. */
@Command(name = "inspect", description = "Say what a model holds and what of it cannot be run.")
final class InspectVerb extends Verb {
    @Mixin
    private ShapeOptions model;

    /** An input or an output. */
    record End(String name, String type, List<Long> shape) {
        static List<End> all(List<Value> values) {
            return values.stream()
                    .map(value -> new End(
                            value.name(),
                            value.type().name(),
                            Arrays.stream(value.shape().toArray()).boxed().toList()))
                    .toList();
        }

        @Override
        public String toString() {
            return name + " " + type + " " + shape;
        }
    }

    /**
     * Figures are absent where the model holds something unsupported, because nothing after that node is known.
     *
     * @param ops operations of one run, a multiply-add being 2
     * @param bytes bytes of the weights
     */
    record Inspected(
            String model,
            int opset,
            List<End> inputs,
            List<End> outputs,
            OptionalLong nodes,
            OptionalLong parameters,
            OptionalLong ops,
            OptionalLong bytes,
            List<Unsupported> unsupported)
            implements Report {
        @Override
        public void print(PrintStream out) {
            out.println(model + ", opset " + opset);
            inputs.forEach(input -> out.println("  in   " + input));
            outputs.forEach(output -> out.println("  out  " + output));
            if (unsupported.isEmpty()) {
                out.printf(
                        "  %,d nodes, %,d parameters, %,d operations a run, %s of weights%n",
                        nodes.orElse(0), parameters.orElse(0), ops.orElse(0), Table.bytes(bytes.orElse(0)));
            }
            unsupported.forEach(
                    node -> out.println("  unsupported: " + node.node() + " (" + node.op() + "): " + node.why()));
        }
    }

    @Override
    protected Report report() throws IOException {
        Inspection inspection = model.file().inspect(model.shapes());
        if (inspection.graph().isEmpty()) {
            return new Inspected(
                    model.file().path().toString(),
                    inspection.opset(),
                    List.of(),
                    List.of(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    inspection.unsupported());
        }
        Graph graph = inspection.graph().get();
        return new Inspected(
                model.file().path().toString(),
                inspection.opset(),
                End.all(graph.inputs()),
                End.all(graph.outputs()),
                OptionalLong.of(graph.nodes().size()),
                OptionalLong.of(graph.parameters()),
                OptionalLong.of(OperationCount.of(graph)),
                OptionalLong.of(graph.constantBytes()),
                List.of());
    }
}

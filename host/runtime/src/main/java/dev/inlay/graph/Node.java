// SPDX-License-Identifier: Apache-2.0
package dev.inlay.graph;

import dev.inlay.encoding.Quantizer;
import java.util.List;
import java.util.Optional;

/**
 * One operator applied to named values.
 *
 * @param name unique in its graph
 * @param op the operator with its attributes
 * @param inputs names of values in the operator's order; an absent optional input is the empty string
 * @param outputs names of the values it defines
 * @param quantizer what the output goes through last, where it is held as codes
 */
public record Node(String name, Op op, List<String> inputs, List<String> outputs, Optional<Quantizer> quantizer) {
    public Node {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** A node whose output is held as it is. */
    public Node(String name, Op op, List<String> inputs, List<String> outputs) {
        this(name, op, inputs, outputs, Optional.empty());
    }

    /** The same node with its inputs renamed. */
    public Node withInputs(List<String> changed) {
        return new Node(name, op, changed, outputs, quantizer);
    }

    /** Whether the optional input at this position is given. */
    public boolean hasInput(int position) {
        return position < inputs.size() && !inputs.get(position).isEmpty();
    }

    public String input(int position) {
        return inputs.get(position);
    }

    /** The only output of an operator that has one. */
    public String output() {
        return outputs.getFirst();
    }
}

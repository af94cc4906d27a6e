// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.oracle;

import dev.inlay.backend.reference.GraphInterpreter;
import dev.inlay.graph.Graph;
import dev.inlay.rewrite.Rewriter;
import dev.inlay.tensor.Tensor;
import java.util.Map;
import java.util.Set;

/**
 * The plain-Java reference over the graph as it was read. Of all rewriting only quantisation is fused: a layer and the
 * codes of its output are one act, whose bias is a threshold where the codes are signs.
 */
public final class ReferenceOracle implements Oracle {
    private final GraphInterpreter interpreter;

    public ReferenceOracle(Graph graph) {
        this.interpreter = new GraphInterpreter(Rewriter.quantisation().rewrite(graph));
    }

    @Override
    public Map<String, Tensor> run(Map<String, Tensor> inputs) {
        return interpreter.run(inputs);
    }

    @Override
    public Map<String, Tensor> values(Graph graph, Map<String, Tensor> inputs, Set<String> wanted) {
        return new GraphInterpreter(graph).run(inputs, wanted);
    }

    @Override
    public void close() {}
}

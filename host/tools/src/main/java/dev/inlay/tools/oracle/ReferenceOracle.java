// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.oracle;

import dev.inlay.backend.reference.GraphInterpreter;
import dev.inlay.graph.Graph;
import dev.inlay.tensor.Tensor;
import java.util.Map;
import java.util.Set;

/** The plain-Java reference over the graph as it was read, before any rewriting. */
public final class ReferenceOracle implements Oracle {
    private final GraphInterpreter interpreter;

    public ReferenceOracle(Graph graph) {
        this.interpreter = new GraphInterpreter(graph);
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

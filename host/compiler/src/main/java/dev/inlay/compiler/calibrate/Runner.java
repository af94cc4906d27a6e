// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.calibrate;

import dev.inlay.backend.reference.GraphInterpreter;
import dev.inlay.graph.Graph;
import dev.inlay.tensor.Tensor;
import java.util.Map;

/** Something that runs a graph. */
public interface Runner extends AutoCloseable {
    /** The graph's outputs by name, for a tensor for every input. */
    Map<String, Tensor> run(Map<String, Tensor> inputs);

    @Override
    void close();

    /** Opens a runner of a graph. */
    @FunctionalInterface
    interface Factory {
        Runner open(Graph graph);
    }

    /** Runs a graph by the reference. */
    static Runner reference(Graph graph) {
        GraphInterpreter interpreter = new GraphInterpreter(graph);
        return new Runner() {
            @Override
            public Map<String, Tensor> run(Map<String, Tensor> inputs) {
                return interpreter.run(inputs);
            }

            @Override
            public void close() {}
        };
    }
}

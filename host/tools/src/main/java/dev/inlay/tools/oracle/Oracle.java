// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.oracle;

import dev.inlay.graph.Graph;
import dev.inlay.tensor.Tensor;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Computes what a model should answer, without a device of Inlay's. */
public interface Oracle extends AutoCloseable {
    /** The model's outputs by name. */
    Map<String, Tensor> run(Map<String, Tensor> inputs);

    /**
     * Values inside a graph, by name: each is what this oracle computes from its own values before it.
     *
     * @param graph the model, possibly rewritten
     * @param inputs a tensor for each of the graph's inputs
     * @param wanted names of values of the graph
     */
    Map<String, Tensor> values(Graph graph, Map<String, Tensor> inputs, Set<String> wanted);

    @Override
    void close();

    /** The oracles by the name a caller gives them. */
    enum Kind {
        REFERENCE,
        ONNXRUNTIME;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        /**
         * @param file the model
         * @param graph the same, as it was read
         */
        public Oracle open(Path file, Graph graph) {
            return switch (this) {
                case REFERENCE -> new ReferenceOracle(graph);
                case ONNXRUNTIME -> new OnnxRuntimeOracle(file);
            };
        }
    }
}

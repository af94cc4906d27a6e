// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.oracle;

import dev.inlay.graph.Graph;
import dev.inlay.onnx.OnnxWriter;
import dev.inlay.tensor.Tensor;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** ONNX Runtime over the model's own file, with graph optimisation off, so that nothing is folded or fused. */
public final class OnnxRuntimeOracle implements Oracle {
    private final OnnxRuntimeModel model;

    public OnnxRuntimeOracle(Path file) {
        this.model = OnnxRuntimeModel.plain(file);
    }

    @Override
    public Map<String, Tensor> run(Map<String, Tensor> inputs) {
        return model.run(inputs);
    }

    @Override
    public Map<String, Tensor> values(Graph graph, Map<String, Tensor> inputs, Set<String> wanted) {
        byte[] model = OnnxWriter.bytes(graph.withOutputs(new TreeSet<>(wanted)));
        try (OnnxRuntimeModel open = OnnxRuntimeModel.plain(model)) {
            return open.run(inputs);
        }
    }

    @Override
    public void close() {
        model.close();
    }
}

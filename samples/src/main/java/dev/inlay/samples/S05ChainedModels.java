// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples;

import dev.inlay.CompileOptions;
import dev.inlay.Engine;
import dev.inlay.ResidentTensor;
import dev.inlay.ResidentTensors;
import dev.inlay.Session;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Normalization;
import dev.inlay.onnx.OnnxReader;
import dev.inlay.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What one model computes can stay on its device for the next: {@code runResident} takes tensors where they lie and
 * leaves its outputs where they are computed.
 *
 * <pre>
 * java --enable-native-access=ALL-UNNAMED -cp 'host/tools/target/lib/*' \
 *     samples/src/main/java/dev/inlay/samples/S05ChainedModels.java
 * </pre>
 */
public final class S05ChainedModels {
    private S05ChainedModels() {}

    public static void main(String... args) throws IOException {
        Graph network = OnnxReader.read(Path.of("samples/models/lenet5.onnx"), Map.of());
        Graph softmax = Graph.builder("softmax")
                .input(network.value("logits"))
                .node("softmax", new Normalization.Softmax(1, false, false), List.of("logits"), "part")
                .output("part")
                .build();
        SampleImages images = new SampleImages();
        try (Engine engine = Engine.open();
                Session first = engine.compile(network, CompileOptions.on()).open();
                Session second = engine.compile(softmax, CompileOptions.on()).open();
                ResidentTensor image = ResidentTensor.of(images.image(0));
                ResidentTensors logits = first.runResident(Map.of("image", image));
                ResidentTensors parts = second.runResident(logits.all())) {
            System.out.println("between the models: " + logits.get("logits"));
            Tensor answer = parts.get("part").read();
            float sum = 0;
            for (float part : answer.toFloats()) {
                sum += part;
            }
            System.out.printf("%s, in truth %s; the parts sum to %.3f%n", images.best(answer), images.label(0), sum);
        }
    }
}

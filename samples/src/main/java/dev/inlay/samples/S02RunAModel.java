// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples;

import dev.inlay.CompileOptions;
import dev.inlay.CompiledModel;
import dev.inlay.Engine;
import dev.inlay.Session;
import dev.inlay.graph.Graph;
import dev.inlay.onnx.OnnxReader;
import dev.inlay.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A model goes through three types: {@code Graph} (what), {@code CompiledModel} (where, with which kernel),
 * {@code Session} (live devices). Without a device named, the engine takes its first.
 *
 * <pre>
 * java --enable-native-access=ALL-UNNAMED -cp 'host/tools/target/lib/*' \
 *     samples/src/main/java/dev/inlay/samples/S02RunAModel.java
 * </pre>
 */
public final class S02RunAModel {
    private S02RunAModel() {}

    public static void main(String... args) throws IOException {
        Graph graph = OnnxReader.read(Path.of("samples/models/lenet5.onnx"), Map.of());
        SampleImages images = new SampleImages();
        try (Engine engine = Engine.open()) {
            CompiledModel model = engine.compile(graph, CompileOptions.on());
            System.out.println("on " + model.plan().devices().getFirst().id());
            try (Session session = model.open()) {
                int right = 0;
                for (int i = 0; i < 100; i++) {
                    Tensor logits =
                            session.run(Map.of("image", images.image(i))).get("logits");
                    String answer = images.best(logits);
                    right += answer.equals(images.label(i)) ? 1 : 0;
                    if (i < 5) {
                        System.out.println("image " + i + ": " + answer + ", in truth " + images.label(i));
                    }
                }
                System.out.println(right + " of 100 are right");
            }
        }
    }
}

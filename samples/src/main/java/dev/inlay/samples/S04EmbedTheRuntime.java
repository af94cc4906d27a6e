// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples;

import dev.inlay.CompileOptions;
import dev.inlay.Engine;
import dev.inlay.Session;
import dev.inlay.graph.Graph;
import dev.inlay.onnx.OnnxReader;
import dev.inlay.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * One engine and one session serve a program for its life. Any thread may call the session; as many requests as it has
 * slots are under way at once, and the others wait.
 *
 * <pre>
 * java --enable-native-access=ALL-UNNAMED -cp 'host/tools/target/lib/*' \
 *     samples/src/main/java/dev/inlay/samples/S04EmbedTheRuntime.java
 * </pre>
 */
public final class S04EmbedTheRuntime {
    private S04EmbedTheRuntime() {}

    public static void main(String... args) throws IOException, InterruptedException, ExecutionException {
        Graph graph = OnnxReader.read(Path.of("samples/models/lenet5.onnx"), Map.of());
        SampleImages images = new SampleImages();
        try (Engine engine = Engine.open();
                Session session =
                        engine.compile(graph, CompileOptions.on().withSlots(2)).open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                Tensor image = images.image(i);
                answers.add(threads.submit(
                        () -> images.best(session.run(Map.of("image", image)).get("logits"))));
            }
            int right = 0;
            for (int i = 0; i < 100; i++) {
                right += answers.get(i).get().equals(images.label(i)) ? 1 : 0;
            }
            System.out.println("100 threads asked, " + right + " answers are right");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples;

import dev.inlay.CompileOptions;
import dev.inlay.CompiledModel;
import dev.inlay.Engine;
import dev.inlay.Session;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.onnx.OnnxReader;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Pins place single nodes; values cross between devices by themselves. A pin names a node as it is after rewriting,
 * which a first compilation tells.
 *
 * <pre>
 * java --enable-native-access=ALL-UNNAMED -cp 'host/tools/target/lib/*' \
 *     samples/src/main/java/dev/inlay/samples/S03TwoDevices.java
 * </pre>
 */
public final class S03TwoDevices {
    private S03TwoDevices() {}

    public static void main(String... args) throws IOException {
        Graph graph = OnnxReader.read(Path.of("samples/models/lenet5.onnx"), Map.of());
        Tensor image = new SampleImages().image(0);
        try (Engine engine = Engine.open()) {
            List<String> ids = engine.devices().stream()
                    .filter(device -> !device.debugger())
                    .map(DeviceDescription::id)
                    .toList();
            String first = ids.contains("pocl/pthread-0") ? "pocl/pthread-0" : ids.getFirst();
            String second =
                    ids.stream().filter(id -> !id.equals(first)).findFirst().orElse(first);
            CompiledModel whole = engine.compile(graph, CompileOptions.on(first));
            List<Node> nodes = whole.graph().nodes();
            Map<String, String> pins = new HashMap<>();
            nodes.subList(nodes.size() / 2, nodes.size()).forEach(node -> pins.put(node.name(), second));
            CompiledModel split = engine.compile(graph, CompileOptions.on(first).withPins(pins));
            split.placements().forEach(each -> System.out.println(each.node() + " on " + each.device()));
            boolean agree = SampleImages.agree(run(whole, image), run(split, image));
            System.out.println(agree ? "the answers agree" : "the answers differ");
        }
    }

    private static Tensor run(CompiledModel model, Tensor image) {
        try (Session session = model.open()) {
            return session.run(Map.of("image", image)).get("logits");
        }
    }
}

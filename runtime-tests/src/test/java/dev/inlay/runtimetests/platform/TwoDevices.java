// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.platform;

import dev.inlay.CompileOptions;
import dev.inlay.graph.Node;
import dev.inlay.plan.DeviceDescription;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** The quick network over the first two devices of this process's platform: its first half on one, the rest on the other. */
public record TwoDevices(Network network, String first, String second) {
    /** The test is skipped where the platform has fewer, and where a request takes too long. */
    public static TwoDevices orSkip() {
        Assumptions.assumeTrue(
                TestPlatform.current() == TestPlatform.POCL, "the other platforms have one device or are too slow");
        List<DeviceDescription> devices = Engines.devices();
        Assumptions.assumeTrue(devices.size() >= 2, () -> "got devices " + devices + ", two are needed");
        return new TwoDevices(
                Network.quick(), devices.get(0).id(), devices.get(1).id());
    }

    /** Both, with one slot. */
    public CompileOptions options() {
        List<Node> nodes = network.graph().nodes();
        Map<String, String> pins = new LinkedHashMap<>();
        nodes.subList(nodes.size() / 2, nodes.size()).forEach(node -> pins.put(node.name(), second));
        return CompileOptions.on(first, second).withPins(pins);
    }

    /** The other of the two. */
    public String other(String device) {
        return device.equals(first) ? second : first;
    }
}

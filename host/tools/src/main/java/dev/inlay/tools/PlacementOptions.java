// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.CompiledModel;
import dev.inlay.Engine;
import dev.inlay.UsageException;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.plan.DeviceDescription;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The devices a verb uses, and which node runs where. */
final class PlacementOptions extends DeviceOptions {
    private static final int MOST_NAMES = 12;

    @Option(names = "--pin", paramLabel = "NODE=ID", description = "Run a node on a device. May be repeated.")
    private Map<String, String> pins = new LinkedHashMap<>();

    @Option(names = "--strict", description = "Fail when a node must leave its device, instead of saying so.")
    private boolean strict;

    @Override
    CompiledModel compile(Engine engine, Graph graph, List<DeviceDescription> devices) {
        List<String> nodes = graph.nodes().stream().map(Node::name).toList();
        for (var pin : pins.entrySet()) {
            if (!nodes.contains(pin.getKey())) {
                throw new UsageException(
                        "--pin: got no node \"" + pin.getKey() + "\", expected one of " + abridged(nodes));
            }
            engine.device(pin.getValue());
        }
        return engine.compile(graph, options(devices).withPins(pins).withStrict(strict));
    }

    private static String abridged(List<String> names) {
        return names.size() <= MOST_NAMES
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, MOST_NAMES)) + " and " + (names.size() - MOST_NAMES) + " more";
    }
}

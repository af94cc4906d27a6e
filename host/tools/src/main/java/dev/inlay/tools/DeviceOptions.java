// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.CompileOptions;
import dev.inlay.CompiledModel;
import dev.inlay.Engine;
import dev.inlay.UsageException;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.plan.DeviceDescription;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The devices a verb uses. */
final class DeviceOptions {
    @Option(
            names = "--devices",
            split = ",",
            paramLabel = "ID",
            description = "Devices to use, as inlay devices lists them, separated by commas.")
    private List<String> ids = new ArrayList<>();

    @Option(names = "--pin", paramLabel = "NODE=ID", description = "Run a node on a device. May be repeated.")
    private Map<String, String> pins = new LinkedHashMap<>();

    @Option(names = "--strict", description = "Fail when a node must leave its device, instead of saying so.")
    private boolean strict;

    /** The named devices; without names the first one that is no debugger. */
    List<DeviceDescription> together(Engine engine) {
        return ids.isEmpty() ? List.of(fast(engine).getFirst()) : named(engine);
    }

    /** The named devices; without names every one that is no debugger. */
    List<DeviceDescription> each(Engine engine) {
        return ids.isEmpty() ? fast(engine) : named(engine);
    }

    CompiledModel compile(Engine engine, Graph graph, List<DeviceDescription> devices) {
        List<String> nodes = graph.nodes().stream().map(Node::name).toList();
        for (var pin : pins.entrySet()) {
            if (!nodes.contains(pin.getKey())) {
                throw new UsageException(
                        "--pin: got no node \"" + pin.getKey() + "\", expected one of " + abridged(nodes));
            }
            engine.device(pin.getValue());
        }
        String[] chosen = devices.stream().map(DeviceDescription::id).toArray(String[]::new);
        return engine.compile(graph, CompileOptions.on(chosen).withPins(pins).withStrict(strict));
    }

    private List<DeviceDescription> named(Engine engine) {
        return ids.stream().map(engine::device).toList();
    }

    private static List<DeviceDescription> fast(Engine engine) {
        return engine.devices().stream().filter(device -> !device.debugger()).toList();
    }

    private static String abridged(List<String> names) {
        int most = 12;
        return names.size() <= most
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, most)) + " and " + (names.size() - most) + " more";
    }
}

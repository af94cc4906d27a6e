// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.CompileOptions;
import dev.inlay.CompiledModel;
import dev.inlay.Engine;
import dev.inlay.bitstream.Bitstreams;
import dev.inlay.graph.Graph;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.SparseUse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The devices a verb uses. */
class DeviceOptions {
    @Option(
            names = "--devices",
            split = ",",
            paramLabel = "ID",
            description = "Devices to use, as inlay devices lists them, separated by commas.")
    private List<String> ids = new ArrayList<>();

    @Option(
            names = "--sparse",
            defaultValue = "break-even",
            paramLabel = "break-even|rows|panels|n-of-m|columns|never",
            description = "When weights that are zero are left out; default ${DEFAULT-VALUE}.")
    private SparseUse sparse;

    @Option(
            names = "--split",
            paramLabel = "ID=N",
            description = "Split a device into N parts, ID/0, ID/1 and so on, which are devices too. May be repeated.")
    private Map<String, Integer> splits = new LinkedHashMap<>();

    @Option(
            names = "--bitstreams",
            paramLabel = "FOLDER",
            description = "Bitstreams and their manifests, from which a board takes all its programs.")
    private Optional<Path> bitstreams = Optional.empty();

    /** How the engine of these devices is opened. */
    Engine.Options engine() {
        Engine.Options options = Engine.Options.DEFAULT.withSplits(splits);
        return bitstreams.map(Bitstreams::open).map(options::withBitstreams).orElse(options);
    }

    /** The named devices; without names the first one that is no debugger. */
    final List<DeviceDescription> together(Engine engine) {
        return ids.isEmpty() ? List.of(fast(engine).getFirst()) : named(engine);
    }

    /** The named devices; without names every one that is no debugger. */
    final List<DeviceDescription> each(Engine engine) {
        return ids.isEmpty() ? fast(engine) : named(engine);
    }

    /** The graph planned for devices, the first preferred. */
    CompiledModel compile(Engine engine, Graph graph, List<DeviceDescription> devices) {
        return engine.compile(graph, options(devices));
    }

    CompileOptions options(List<DeviceDescription> devices) {
        return CompileOptions.on(devices.stream().map(DeviceDescription::id).toArray(String[]::new))
                .withSparse(sparse);
    }

    private List<DeviceDescription> named(Engine engine) {
        return ids.stream().map(engine::device).toList();
    }

    private static List<DeviceDescription> fast(Engine engine) {
        return engine.devices().stream().filter(device -> !device.debugger()).toList();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.Engine;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Evidence;
import dev.inlay.tools.measure.LayerBench;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code inlay layers}. */
@Command(
        name = "layers",
        description = "Measure dense layers in every format against the ceiling of its carrier in the same run.")
final class LayersVerb extends Verb {
    @Mixin
    private DeviceOptions devices;

    @Option(names = "--samples", defaultValue = "15", description = "Samples a layer; default ${DEFAULT-VALUE}.")
    private int samples;

    record Layers(String device, String name, List<LayerBench.Row> rows, Evidence evidence) implements Report {
        @Override
        public void print(PrintStream out) {
            out.println(device + ", " + name + ", " + evidence);
            for (LayerBench.Row row : rows) {
                out.printf(
                        "  %-22s %-22s %7.1f Gop/s  %5.2f x f32  %4.0f %% of %s's ceiling  %4.0f %% of f32's (%.1f)"
                                + "  (%d samples)%n",
                        row.layer(),
                        row.format(),
                        row.gops(),
                        row.overF32(),
                        100 * row.ofCarrier(),
                        row.carrier(),
                        100 * row.fraction(),
                        row.ceilingGops(),
                        row.samples());
            }
        }
    }

    @Override
    protected Report report() {
        try (Engine engine = engine(devices.engine())) {
            DeviceDescription device = devices.together(engine).getFirst();
            List<LayerBench.Row> rows = new ArrayList<>();
            try (LayerBench bench = new LayerBench(engine.openCl(device.id()));
                    Progress progress = progress("layers", LayerBench.LAYERS.size())) {
                for (LayerBench.Layer layer : LayerBench.LAYERS) {
                    rows.addAll(bench.measure(layer, positive("--samples", samples)));
                    progress.step(1);
                }
            }
            return new Layers(device.id(), device.name(), rows, Evidence.MEASURED);
        }
    }
}

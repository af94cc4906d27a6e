// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.Engine;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Evidence;
import dev.inlay.tools.measure.BreakEven;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code inlay break-even}. */
@Command(
        name = "break-even",
        description = "Measure from which share of zeros on it is faster to leave them out of a contraction.")
final class BreakEvenVerb extends Verb {
    @Mixin
    private DeviceOptions devices;

    @Option(names = "--samples", defaultValue = "7", description = "Samples a density; default ${DEFAULT-VALUE}.")
    private int samples;

    /**
     * @param layer its name
     * @param pattern what was pruned together
     * @param density the share of weights at which both take as long; absent where it is beyond those measured
     */
    record Crossover(String layer, String pattern, OptionalDouble density) {}

    record Densities(
            String device, String name, List<BreakEven.Row> rows, List<Crossover> crossovers, Evidence evidence)
            implements Report {
        @Override
        public void print(PrintStream out) {
            out.println(device + ", " + name + ", " + evidence);
            for (BreakEven.Row row : rows) {
                out.printf(
                        "  %-20s %-15s %3.0f %% kept  %6.2f x dense f32  %8.3f ms  %s%n",
                        row.layer(),
                        row.pattern(),
                        100 * row.density(),
                        row.overDense(),
                        row.milliseconds(),
                        row.kernel());
            }
            for (Crossover each : crossovers) {
                out.printf(
                        "  %-20s %-15s breaks even at %s%n",
                        each.layer(),
                        each.pattern(),
                        each.density().isPresent()
                                ? Math.round(100 * each.density().getAsDouble()) + " %"
                                : "no density measured");
            }
        }
    }

    @Override
    protected Report report() {
        try (Engine engine = engine(devices.engine())) {
            DeviceDescription device = devices.together(engine).getFirst();
            engine.openCl(device.id());
            BreakEven bench = new BreakEven(engine, device.id());
            List<BreakEven.Row> rows = new ArrayList<>();
            List<Crossover> crossovers = new ArrayList<>();
            try (Progress progress = progress(
                    "break-even",
                    BreakEven.LAYERS.stream()
                            .mapToLong(layer -> layer.densities().size())
                            .sum())) {
                for (BreakEven.Layer layer : BreakEven.LAYERS) {
                    List<BreakEven.Row> own = new ArrayList<>();
                    for (double density : layer.densities()) {
                        own.add(bench.measure(layer, density, positive("--samples", samples)));
                        progress.step(1);
                    }
                    rows.addAll(own);
                    crossovers.add(new Crossover(layer.name(), own.getFirst().pattern(), BreakEven.crossover(own)));
                }
            }
            return new Densities(device.id(), device.name(), rows, crossovers, Evidence.MEASURED);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.Engine;
import dev.inlay.Tuner;
import dev.inlay.UsageException;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Evidence;
import dev.inlay.plan.cost.Calibration;
import dev.inlay.plan.cost.TuningFormat;
import dev.inlay.plan.cost.TuningNetworks;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code inlay tune}. */
@Command(name = "tune", description = "Measure what kernels take on each device, for plans to go by.")
final class TuneVerb extends Verb {
    @Mixin
    private DeviceOptions devices;

    @Option(
            names = "--formats",
            split = ",",
            paramLabel = "FORMAT",
            description = "Formats of activations and weights, as u8*s8; default all.")
    private List<String> formats = new ArrayList<>();

    /**
     * @param device its id
     * @param steps that were measured
     * @param visitMs of waking the device's thread and waiting for it
     * @param seconds that it took
     */
    record Tuned(String device, String driver, int steps, double visitMs, double seconds, Evidence evidence) {}

    record Tuning(List<String> formats, List<Tuned> devices) implements Report {
        @Override
        public void print(PrintStream out) {
            Table table = new Table("device", "steps", "visit", "took");
            for (Tuned each : devices) {
                table.row(
                        each.device(),
                        Integer.toString(each.steps()),
                        Table.figure(each.visitMs()) + " ms",
                        Table.figure(each.seconds()) + " s");
            }
            table.print(out);
        }
    }

    @Override
    protected Report report() {
        List<TuningFormat> chosen = formats.isEmpty()
                ? TuningFormat.ALL
                : formats.stream().map(TuneVerb::format).toList();
        noteLoad();
        try (Engine engine = engine(devices.engine())) {
            List<Tuned> tuned = new ArrayList<>();
            for (DeviceDescription device : devices.each(engine)) {
                long networks = chosen.stream()
                        .mapToLong(format -> TuningNetworks.of(format).size())
                        .sum();
                try (Progress progress = progress(device.id(), networks)) {
                    long start = System.nanoTime();
                    Calibration calibration = Tuner.calibrate(engine, device, chosen, name -> progress.step(1));
                    engine.keep(calibration);
                    tuned.add(new Tuned(
                            device.id(),
                            device.driver(),
                            calibration.samples().size(),
                            calibration.visitSeconds() * 1e3,
                            (System.nanoTime() - start) * 1e-9,
                            Evidence.MEASURED));
                }
            }
            return new Tuning(chosen.stream().map(TuningFormat::name).toList(), tuned);
        }
    }

    private static TuningFormat format(String name) {
        return TuningFormat.ALL.stream()
                .filter(format -> format.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UsageException("--formats: got \"" + name + "\", expected some of "
                        + TuningFormat.ALL.stream().map(TuningFormat::name).collect(Collectors.joining(", "))));
    }
}

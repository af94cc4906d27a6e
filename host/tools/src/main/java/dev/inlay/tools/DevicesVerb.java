// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.inlay.Engine;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Evidence;
import dev.inlay.plan.model.BoardModel;
import dev.inlay.profile.Carrier;
import dev.inlay.profile.DeviceProfile;
import dev.inlay.profile.Figure;
import dev.inlay.tools.measure.ModelledDevice;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code inlay devices}. */
@Command(name = "devices", description = "List the devices found on this machine.")
final class DevicesVerb extends Verb {
    /**
     * One device.
     *
     * @param deviceClass which kernels it takes, lower case
     * @param memoryBytes global memory, as its driver reports it
     * @param formats operand pairs of the contractions it takes
     */
    record Row(
            String id,
            String platform,
            String name,
            String type,
            @JsonProperty("class") String deviceClass,
            String driver,
            String binding,
            Evidence evidence,
            long memoryBytes,
            List<String> formats) {
        static Row of(DeviceDescription device) {
            return new Row(
                    device.id(),
                    device.platform(),
                    device.name(),
                    device.type(),
                    device.deviceClass().name().toLowerCase(Locale.ROOT),
                    device.driver(),
                    device.binding(),
                    device.evidence(),
                    device.memoryBytes(),
                    device.formats());
        }
    }

    record Devices(@JsonValue List<Row> rows) implements Report {
        @Override
        public void print(PrintStream out) {
            Table table = new Table("id", "class", "memory", "driver", "name");
            rows.forEach(row ->
                    table.row(row.id(), row.deviceClass(), Table.bytes(row.memoryBytes()), row.driver(), row.name()));
            table.print(out);
        }
    }

    /**
     * One profile.
     *
     * @param deviceClass cpu, gpu or fpga
     * @param peakGops in f32
     * @param bandwidth of memory in GB/s, sustained where that is known
     * @param watts of power
     * @param modelled whether it has what a cost model needs
     */
    record ProfileRow(
            String id,
            String name,
            @JsonProperty("class") String deviceClass,
            OptionalDouble peakGops,
            OptionalDouble bandwidth,
            OptionalDouble watts,
            boolean modelled,
            Evidence evidence) {
        static ProfileRow of(DeviceProfile profile) {
            return new ProfileRow(
                    profile.id(),
                    profile.name(),
                    profile.deviceClass().label(),
                    value(Optional.ofNullable(profile.peaks().get(Carrier.F32))),
                    value(profile.memory().sustained().or(() -> profile.memory().bandwidth())),
                    value(profile.power()),
                    BoardModel.of(profile).isPresent(),
                    Evidence.MODELLED);
        }

        private static OptionalDouble value(Optional<Figure> figure) {
            return figure.map(known -> OptionalDouble.of(known.value())).orElse(OptionalDouble.empty());
        }
    }

    record Profiles(@JsonValue List<ProfileRow> rows) implements Report {
        @Override
        public void print(PrintStream out) {
            Table table = new Table("id", "class", "f32 Gop/s", "GB/s", "W", "modelled", "name");
            rows.forEach(row -> table.row(
                    row.id(),
                    row.deviceClass(),
                    figure(row.peakGops()),
                    figure(row.bandwidth()),
                    figure(row.watts()),
                    row.modelled() ? "yes" : "no",
                    row.name()));
            table.print(out);
        }

        private static String figure(OptionalDouble value) {
            return value.isPresent() ? Table.figure(value.getAsDouble()) : "-";
        }
    }

    @Option(
            names = "--profiles",
            description = "List the boards that are known by a profile instead, those of the user among them.")
    private boolean profiles;

    @Override
    protected Report report() {
        if (profiles) {
            return new Profiles(ModelledDevice.catalog().profiles().stream()
                    .map(ProfileRow::of)
                    .toList());
        }
        try (Engine engine = engine()) {
            return new Devices(engine.devices().stream().map(Row::of).toList());
        }
    }
}

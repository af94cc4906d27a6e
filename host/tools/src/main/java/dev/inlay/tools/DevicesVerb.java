// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.inlay.Engine;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Evidence;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;

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

    @Override
    protected Report report() {
        try (Engine engine = engine()) {
            return new Devices(engine.devices().stream().map(Row::of).toList());
        }
    }
}

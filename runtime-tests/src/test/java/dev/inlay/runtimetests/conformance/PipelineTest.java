// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.inlay.DeviceException;
import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.encoding.OperandPair;
import dev.inlay.plan.Traffic;
import dev.inlay.runtimetests.platform.OpenClDevices;
import dev.inlay.tensor.NumberFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Channels that are buffers: a token that found no room is no wrong answer but an error. */
@Tag("opencl")
final class PipelineTest {
    private static final FormatVariant BYTES = new FormatVariant(
            "contract.dense.fpga",
            "u8s8",
            new OperandPair(NumberFormat.U8, NumberFormat.S8),
            NumberFormat.U8,
            Map.of("MR", "2", "NV", "2", "RUNS", "3", "VW", "4"));

    private static FormatLaunch launch() {
        FormatShape shape = FormatShape.ALL.stream()
                .filter(each -> each.name().equals("width 5"))
                .findFirst()
                .orElseThrow();
        return new FormatLaunch(FormatCase.of(BYTES, shape, true));
    }

    /** Half of the tokens that pass a channel, and as many tiles. */
    private static Traffic halved(Traffic traffic, String channel) {
        Map<String, Traffic.Channel> channels = new TreeMap<>(traffic.channels());
        channels.computeIfPresent(channel, (name, all) -> new Traffic.Channel((all.tokens() + 1) / 2, all.bytes()));
        return new Traffic(traffic.tiles(), channels);
    }

    @TestFactory
    Stream<DynamicTest> aTokenWithoutRoomIsAnError() {
        return OpenClDevices.all().stream()
                .flatMap(device -> Stream.of("x_runs", "w_runs", "values")
                        .map(channel -> DynamicTest.dynamicTest(
                                device.description().id() + ": " + channel, () -> lose(device, channel))));
    }

    private static void lose(OpenClDevice device, String channel) {
        FormatLaunch launch = launch();
        DeviceException refusal =
                assertThrows(DeviceException.class, () -> launch.check(device, each -> halved(each, channel)));
        String start = "device " + device.description().id() + ": kernel " + BYTES.id() + ": channel ";
        assertEquals(
                start,
                refusal.getMessage()
                        .substring(
                                0, Math.min(start.length(), refusal.getMessage().length())));
        launch.check(device, each -> each);
    }

    @TestFactory
    Stream<DynamicTest> aLaunchIsDividedWhereChannelsAreSmall() {
        Traffic traffic = new Traffic(10, Map.of("a", new Traffic.Channel(4, 8), "b", new Traffic.Channel(1, 100)));
        return Stream.of(new long[] {1000, 10}, new long[] {999, 9}, new long[] {100, 1}, new long[] {1, 1})
                .map(each -> DynamicTest.dynamicTest(
                        each[0] + " bytes", () -> assertEquals(each[1], traffic.tilesWithin(each[0]))));
    }
}

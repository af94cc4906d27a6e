// SPDX-License-Identifier: Apache-2.0
package dev.inlay.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProfileReaderTest {
    private static final String WHOLE = """
            {
              "schemaVersion": 1, "id": "some-board", "name": "Some board", "vendor": "Someone", "class": "fpga",
              "match": {"platform": "Some.*", "device": "board [0-9]"},
              "resources": {"DSP": {"value": 100, "unit": "1", "source": "sheet"}},
              "clock": {
                "lowest": {"value": 200, "unit": "MHz", "source": "paper"},
                "highest": {"value": 300, "unit": "MHz", "source": "paper"}
              },
              "peaks": {"f32": {"value": 60, "unit": "Gop/s", "source": "sheet", "derivation": "2 x 100 x 300 MHz"}},
              "memory": {
                "capacity": {"value": 1024, "unit": "B", "source": "sheet"},
                "bandwidth": {"value": 17, "unit": "GB/s", "source": "sheet"},
                "sustained": {"value": 15, "unit": "GB/s", "source": "STREAM"}
              },
              "transfer": {"toDevice": {"value": 6, "unit": "GB/s", "source": "seen"}},
              "launch": {"queued": {"value": 3, "unit": "us", "source": "seen"}},
              "power": {"value": 45, "unit": "W", "source": "meter"},
              "quirks": [{"name": "reprogramSeconds", "value": 1.5, "reason": "seen"}]
            }
            """;

    @Test
    void everyFieldArrives() {
        DeviceProfile profile = read(WHOLE);
        assertEquals("some-board", profile.id());
        assertEquals("Some board", profile.name());
        assertEquals("Someone", profile.vendor());
        assertEquals(DeviceClass.FPGA, profile.deviceClass());
        assertTrue(profile.match().orElseThrow().matches("Some platform", "board 7", "1.0"));
        assertFalse(profile.match().orElseThrow().matches("Some platform", "a board 7", "1.0"));
        assertEquals(
                new Figure(100, Unit.COUNT, "sheet", Optional.empty()),
                profile.resources().get(Resource.DSP));
        assertEquals(200, profile.clock().orElseThrow().lowest().value());
        assertEquals(300, profile.clock().orElseThrow().highest().value());
        assertEquals(
                Optional.of("2 x 100 x 300 MHz"),
                profile.peaks().get(Carrier.F32).derivation());
        assertEquals(Optional.of(60e9), profile.peakOperationsPerSecond(Carrier.F32));
        assertEquals(Optional.empty(), profile.peakOperationsPerSecond(Carrier.PLANES));
        assertEquals(1024, profile.memory().capacity().orElseThrow().value());
        assertEquals(17, profile.memory().bandwidth().orElseThrow().value());
        assertEquals(15, profile.memory().sustained().orElseThrow().value());
        assertEquals(6, profile.transfer().toDevice().orElseThrow().value());
        assertEquals(Optional.empty(), profile.transfer().fromDevice());
        assertEquals(3, profile.launch().queued().orElseThrow().value());
        assertEquals(Optional.empty(), profile.launch().synchronous());
        assertEquals(45, profile.power().orElseThrow().value());
        assertEquals(
                1.5, profile.quirk(Quirk.Name.REPROGRAM_SECONDS).orElseThrow().number());
        assertFalse(profile.has(Quirk.Name.DEBUGGER));
    }

    @Test
    void whatIsNotKnownIsAbsent() {
        DeviceProfile profile = read("""
                {"schemaVersion": 1, "id": "some-board", "name": "n", "vendor": "v", "class": "gpu"}
                """);
        assertEquals(Optional.empty(), profile.match());
        assertEquals(Optional.empty(), profile.clock());
        assertEquals(Optional.empty(), profile.memory().capacity());
        assertEquals(Optional.empty(), profile.power());
        assertEquals(List.of(), profile.quirks());
        assertTrue(profile.peaks().isEmpty());
    }

    /** Each row replaces one piece of the whole profile and expects one message. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "'schemaVersion': 1 ~ 'schemaVersion': 2 ~ schemaVersion: got 2, expected 1",
                "'schemaVersion': 1, ~ `` ~ schemaVersion: got nothing, expected an integer",
                "'id': 'some-board' ~ 'id': 'other' ~ id: got 'other', expected the file's name without .json",
                "'id': 'some-board' ~ 'id': 'Some' ~ id: got 'Some', expected lower-case letters, digits and single hyphens",
                "'vendor': 'Someone' ~ 'vendor': ' ' ~ vendor: got ' ', expected a text that is not empty",
                "'vendor': 'Someone' ~ 'vendor': 3 ~ vendor: got 3, expected a text that is not empty",
                "'class': 'fpga' ~ 'class': 'tpu' ~ class: got 'tpu', expected one of cpu, gpu, fpga",
                "'class': 'fpga' ~ 'class': 'fpga', 'klass': 1 ~ klass: got an unknown field, expected one of class, clock, id, launch, match, memory, name, peaks, power, quirks, resources, schemaVersion, transfer, vendor",
                "board [0-9] ~ board [0-9 ~ match.device: got 'board [0-9', expected a regular expression (Unclosed character class)",
                "'DSP' ~ 'dsp' ~ resources.dsp: got 'dsp', expected one of ALM, M20K, M10K, DSP, LUT, BRAM36, URAM, fmaLanes",
                "{'value': 100, ~ {'value': -100, ~ resources.DSP.value: got -100, expected a finite number above 0",
                "{'value': 100, ~ {'value': 0, ~ resources.DSP.value: got 0, expected a finite number above 0",
                "{'value': 100, ~ {'value': '100', ~ resources.DSP.value: got '100', expected a finite number above 0",
                "{'value': 100, ~ {'value': 1e999, ~ resources.DSP.value: got \"Infinity\", expected a finite number above 0",
                "{'value': 100, ~ { ~ resources.DSP.value: got nothing, expected a number",
                "'highest': {'value': 300 ~ 'highest': {'value': 100 ~ clock.highest: got 100.0 MHz, expected at least lowest, 200.0 MHz",
                "'highest' ~ 'fastest' ~ clock.highest: got nothing, expected {value, unit 'MHz', source}",
                "'unit': 'Gop/s' ~ 'unit': 'Top/s' ~ peaks.f32.unit: got 'Top/s', expected 'Gop/s'",
                "'f32' ~ 'f16' ~ peaks.f16: got 'f16', expected one of f32, s16, u8s8, planes, shift",
                "'source': 'meter' ~ 'origin': 'meter' ~ power.source: got nothing, expected a text",
                "'source': 'meter' ~ 'source': 'meter', 'note': '' ~ power.note: got an unknown field, expected one of derivation, source, unit, value",
                "{'value': 15, ~ {'value': 18, ~ memory.sustained: got 18.0 GB/s, expected at most bandwidth, 17.0 GB/s",
                "'reprogramSeconds' ~ 'slow' ~ quirks[0].name: got 'slow', expected one of platformSlug, ",
                "'reprogramSeconds', 'value': 1.5 ~ 'tuning', 'value': 'VW=0' ~ quirks[0].value: got 'VW=0', expected NAME=NUMBER, separated by spaces",
                "'reprogramSeconds', 'value': 1.5 ~ 'skeletons', 'value': 'tpu' ~ quirks[0].value: got 'tpu', expected one of cpu, gpu, fpga",
                "'value': 1.5 ~ 'value': true ~ quirks[0].value: got true, expected a finite number above 0",
                "'reprogramSeconds', 'value': 1.5 ~ 'debugger', 'value': false ~ quirks[0].value: got false, expected true (leave the entry out for false)",
                "[{'name' ~ [{'name': 'debugger', 'value': true, 'reason': 'r'}, {'name': 'debugger', 'value': true, 'reason': 'r'}, {'name' ~ quirks[1].name: got 'debugger' again, expected each quirk once",
                "[{'name' ~ [7, {'name' ~ quirks[0]: got 7, expected an object",
                "'vendor' ~ 'name': 'again', 'vendor' ~ line 2: got Duplicate field 'name', expected JSON",
            })
    void anErrorNamesFileFieldGotAndExpected(String piece, String replacement, String message) {
        String from = piece.replace('\'', '"');
        assertTrue(WHOLE.contains(from), () -> "the profile has no " + from);
        String json = WHOLE.replace(from, replacement.replace('\'', '"'));
        var error = assertThrows(ProfileFormatException.class, () -> read(json));
        String got = error.getMessage();
        assertTrue(got.startsWith("some-board.json: " + message), got);
        assertEquals(1, got.lines().count(), got);
    }

    @Test
    void whatIsNoJsonIsRefused() {
        assertThrows(ProfileFormatException.class, () -> read(""));
        assertThrows(ProfileFormatException.class, () -> read("[]"));
        assertThrows(ProfileFormatException.class, () -> read("{"));
        assertThrows(ProfileFormatException.class, () -> read(WHOLE + "{}"));
        assertThrows(ProfileFormatException.class, () -> read("[".repeat(100)));
        assertThrows(ProfileFormatException.class, () -> read(" ".repeat(1 << 20) + WHOLE));
    }

    private static DeviceProfile read(String json) {
        try {
            return ProfileReader.read(
                    "some-board.json", new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

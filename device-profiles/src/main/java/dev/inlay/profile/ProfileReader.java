// SPDX-License-Identifier: Apache-2.0
package dev.inlay.profile;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/** Reads profiles from JSON, strictly: a profile may come from anybody. */
public final class ProfileReader {
    private static final int LARGEST_FILE = 1 << 20;

    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(16)
                            .maxNumberLength(40)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private ProfileReader() {}

    /**
     * Reads one profile of at most 1 MiB.
     *
     * @param file the file's name, {@code <id>.json}, for messages and to compare with the id inside
     * @param json UTF-8; read, and left open
     * @throws ProfileFormatException when the text is not JSON or not a profile
     * @throws IOException when reading fails
     */
    public static DeviceProfile read(String file, InputStream json) throws IOException {
        byte[] text = json.readNBytes(LARGEST_FILE + 1);
        if (text.length > LARGEST_FILE) {
            throw new ProfileFormatException(file, "", "more than " + LARGEST_FILE + " bytes", "a smaller file");
        }
        JsonNode root;
        try {
            root = MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            String where =
                    "line " + (e.getLocation() == null ? 0 : e.getLocation().getLineNr());
            String what = e.getOriginalMessage().lines().findFirst().orElse("text that is not JSON");
            throw new ProfileFormatException(file, where, what, "JSON");
        }
        return new Section(file, "", root).whole(section -> profile(file, section));
    }

    private static DeviceProfile profile(String file, Section section) {
        int version = section.integer("schemaVersion");
        if (version != DeviceProfile.SCHEMA_VERSION) {
            throw section.error("schemaVersion", "" + version, "" + DeviceProfile.SCHEMA_VERSION);
        }
        String id = section.text("id");
        if (!id.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
            throw section.error("id", "'" + id + "'", "lower-case letters, digits and single hyphens");
        }
        if (!file.equals(id + ".json")) {
            throw section.error("id", "'" + id + "'", "the file's name without .json");
        }
        return new DeviceProfile(
                id,
                section.text("name"),
                section.text("vendor"),
                section.choice("class", DeviceClass.values()),
                section.optional("match", ProfileReader::match),
                section.figures("resources", Resource.class, Unit.COUNT),
                section.optional("clock", ProfileReader::clock),
                section.figures("peaks", Carrier.class, Unit.GIGA_OPERATIONS_PER_SECOND),
                section.optional("memory", ProfileReader::memory)
                        .orElse(new DeviceProfile.Memory(Optional.empty(), Optional.empty(), Optional.empty())),
                section.optional("transfer", ProfileReader::transfer)
                        .orElse(new DeviceProfile.Transfer(Optional.empty(), Optional.empty())),
                section.optional("launch", ProfileReader::launch)
                        .orElse(new DeviceProfile.Launch(Optional.empty(), Optional.empty())),
                section.optionalFigure("power", Unit.WATTS),
                quirks(section));
    }

    private static MatchRule match(Section section) {
        Optional<String> driver = section.optionalText("driver").map(present -> section.expression("driver"));
        return new MatchRule(section.expression("platform"), section.expression("device"), driver);
    }

    private static DeviceProfile.Clock clock(Section section) {
        Figure lowest = section.figure("lowest", Unit.MEGAHERTZ);
        Figure highest = section.figure("highest", Unit.MEGAHERTZ);
        if (highest.value() < lowest.value()) {
            throw section.error("highest", highest.value() + " MHz", "at least lowest, " + lowest.value() + " MHz");
        }
        return new DeviceProfile.Clock(lowest, highest);
    }

    private static DeviceProfile.Memory memory(Section section) {
        Optional<Figure> bandwidth = section.optionalFigure("bandwidth", Unit.GIGABYTES_PER_SECOND);
        Optional<Figure> sustained = section.optionalFigure("sustained", Unit.GIGABYTES_PER_SECOND);
        if (bandwidth.isPresent()
                && sustained.isPresent()
                && sustained.get().value() > bandwidth.get().value()) {
            throw section.error(
                    "sustained",
                    sustained.get().value() + " GB/s",
                    "at most bandwidth, " + bandwidth.get().value() + " GB/s");
        }
        return new DeviceProfile.Memory(section.optionalFigure("capacity", Unit.BYTES), bandwidth, sustained);
    }

    private static DeviceProfile.Transfer transfer(Section section) {
        return new DeviceProfile.Transfer(
                section.optionalFigure("toDevice", Unit.GIGABYTES_PER_SECOND),
                section.optionalFigure("fromDevice", Unit.GIGABYTES_PER_SECOND));
    }

    private static DeviceProfile.Launch launch(Section section) {
        return new DeviceProfile.Launch(
                section.optionalFigure("queued", Unit.MICROSECONDS),
                section.optionalFigure("synchronous", Unit.MICROSECONDS));
    }

    private static List<Quirk> quirks(Section profile) {
        var quirks = new ArrayList<Quirk>();
        var names = EnumSet.noneOf(Quirk.Name.class);
        for (Section section : profile.sections("quirks")) {
            Quirk quirk = section.whole(ProfileReader::quirk);
            if (!names.add(quirk.name())) {
                throw section.error("name", "'" + quirk.name().label() + "' again", "each quirk once");
            }
            quirks.add(quirk);
        }
        return quirks;
    }

    private static Quirk quirk(Section section) {
        Quirk.Name name = section.choice("name", Quirk.Name.values());
        String value = switch (name.kind()) {
            case FLAG -> {
                section.flag("value");
                yield "true";
            }
            case NUMBER -> Double.toString(section.numberAboveZero("value"));
            case TEXT -> section.text("value");
            case CLASS -> section.choice("value", DeviceClass.values()).label();
            case SETTINGS -> {
                String text = section.text("value");
                if (!text.matches("[A-Z_]+=[1-9][0-9]{0,5}( [A-Z_]+=[1-9][0-9]{0,5})*")) {
                    throw section.error("value", "'" + text + "'", "NAME=NUMBER, separated by spaces");
                }
                yield text;
            }
        };
        return new Quirk(name, value, section.text("reason"));
    }
}

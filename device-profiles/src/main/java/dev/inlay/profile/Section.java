// SPDX-License-Identifier: Apache-2.0
package dev.inlay.profile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/** One JSON object of a profile, which knows its place in the file and which of its fields have been read. */
final class Section {
    private static final int LONGEST_TEXT = 500;

    private final String file;
    private final String path;
    private final ObjectNode node;
    private final Set<String> known = new HashSet<>();

    Section(String file, String path, JsonNode node) {
        this.file = file;
        this.path = path;
        if (!(node instanceof ObjectNode object)) {
            throw new ProfileFormatException(file, path, shown(node), "an object");
        }
        this.node = object;
    }

    /** Reads a section and ends with an error when it has a field that {@code reader} did not ask for. */
    <T> T whole(Function<Section, T> reader) {
        T value = reader.apply(this);
        node.fieldNames().forEachRemaining(field -> {
            if (!known.contains(field)) {
                String allowed = known.stream().sorted().collect(Collectors.joining(", "));
                throw new ProfileFormatException(file, at(field), "an unknown field", "one of " + allowed);
            }
        });
        return value;
    }

    ProfileFormatException error(String field, String got, String expected) {
        return new ProfileFormatException(file, at(field), got, expected);
    }

    <T> Optional<T> optional(String field, Function<Section, T> reader) {
        return find(field).map(value -> new Section(file, at(field), value).whole(reader));
    }

    String text(String field) {
        JsonNode value = required(field, "a text");
        if (!value.isTextual() || value.textValue().isBlank()) {
            throw error(field, shown(value), "a text that is not empty");
        }
        if (value.textValue().length() > LONGEST_TEXT) {
            throw error(field, value.textValue().length() + " characters", "at most " + LONGEST_TEXT);
        }
        return value.textValue();
    }

    Optional<String> optionalText(String field) {
        return find(field).map(present -> text(field));
    }

    String expression(String field) {
        String expression = text(field);
        try {
            Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw error(field, "'" + expression + "'", "a regular expression (" + e.getDescription() + ")");
        }
        return expression;
    }

    int integer(String field) {
        JsonNode value = required(field, "an integer");
        if (!value.isInt()) {
            throw error(field, shown(value), "an integer");
        }
        return value.intValue();
    }

    double numberAboveZero(String field) {
        JsonNode value = required(field, "a number");
        double number = value.isNumber() ? value.doubleValue() : Double.NaN;
        if (!(number > 0) || Double.isInfinite(number)) {
            throw error(field, shown(value), "a finite number above 0");
        }
        return number;
    }

    void flag(String field) {
        JsonNode value = required(field, "true");
        if (!value.isBoolean() || !value.booleanValue()) {
            throw error(field, shown(value), "true (leave the entry out for false)");
        }
    }

    <E extends Enum<E> & Labelled> E choice(String field, E[] values) {
        return labelled(field, text(field), values);
    }

    private <E extends Enum<E> & Labelled> E labelled(String field, String label, E[] values) {
        return Arrays.stream(values)
                .filter(value -> value.label().equals(label))
                .findFirst()
                .orElseThrow(() -> error(field, "'" + label + "'", "one of " + labels(values)));
    }

    Optional<Figure> optionalFigure(String field, Unit unit) {
        return optional(field, section -> {
            double value = section.numberAboveZero("value");
            String written = section.text("unit");
            if (!written.equals(unit.label())) {
                throw section.error("unit", "'" + written + "'", "'" + unit.label() + "'");
            }
            return new Figure(value, unit, section.text("source"), section.optionalText("derivation"));
        });
    }

    Figure figure(String field, Unit unit) {
        return optionalFigure(field, unit)
                .orElseThrow(() -> error(field, "nothing", "{value, unit '" + unit.label() + "', source}"));
    }

    /** An object whose fields are labels of an enum and whose values are figures; empty when it is absent. */
    <E extends Enum<E> & Labelled> Map<E, Figure> figures(String field, Class<E> keys, Unit unit) {
        var figures = new EnumMap<E, Figure>(keys);
        optional(field, section -> {
            section.node.fieldNames().forEachRemaining(label -> {
                E key = section.labelled(label, label, keys.getEnumConstants());
                figures.put(key, section.figure(label, unit));
            });
            return section;
        });
        return figures;
    }

    /** The objects of a list; empty when it is absent. */
    Iterable<Section> sections(String field) {
        JsonNode list = find(field).orElse(node.arrayNode());
        if (!list.isArray()) {
            throw error(field, shown(list), "a list");
        }
        var sections = new ArrayList<Section>();
        for (JsonNode entry : list) {
            sections.add(new Section(file, at(field) + "[" + sections.size() + "]", entry));
        }
        return sections;
    }

    private JsonNode required(String field, String expected) {
        return find(field).orElseThrow(() -> error(field, "nothing", expected));
    }

    private Optional<JsonNode> find(String field) {
        known.add(field);
        return Optional.ofNullable(node.get(field));
    }

    private String at(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    private static String shown(JsonNode value) {
        String text = value.isTextual() ? "'" + value.textValue() + "'" : value.toString();
        String line = text.replaceAll("\\s+", " ");
        return line.length() <= 60 ? line : line.substring(0, 60) + "…";
    }

    private static <E extends Enum<E> & Labelled> String labels(E[] values) {
        return Arrays.stream(values).map(Labelled::label).collect(Collectors.joining(", "));
    }
}

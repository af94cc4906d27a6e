// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;

/** One object of a recipe: every key is read at most as what it must be, and no other key may be there. */
final class Section {
    private final String file;
    private final String path;
    private final JsonNode node;
    private final TreeSet<String> known = new TreeSet<>();

    Section(String file, String path, JsonNode node) throws RecipeException {
        this.file = file;
        this.path = path;
        this.node = node;
        if (!node.isObject()) {
            throw wrong("", describe(node), "keys with values");
        }
    }

    RecipeException wrong(String key, String got, String expected) {
        String place = path.isEmpty() ? key : key.isEmpty() ? path : path + "." + key;
        return new RecipeException(
                file + ": " + (place.isEmpty() ? "" : place + ": ") + "got " + got + ", expected " + expected);
    }

    /** An error whose text says what was got and expected. */
    RecipeException wrong(String key, String text) {
        String place = path.isEmpty() ? key : key.isEmpty() ? path : path + "." + key;
        return new RecipeException(file + ": " + place + ": " + text);
    }

    static String describe(JsonNode value) {
        return value.isMissingNode() || value.isNull() ? "nothing" : value.toString();
    }

    private Optional<JsonNode> find(String key) {
        known.add(key);
        return node.has(key) ? Optional.of(node.get(key)) : Optional.empty();
    }

    boolean has(String key) {
        return find(key).isPresent();
    }

    private JsonNode need(String key, String expected) throws RecipeException {
        return find(key).orElseThrow(() -> wrong(key, "nothing", expected));
    }

    String text(String key) throws RecipeException {
        JsonNode value = need(key, "text");
        if (!value.isTextual() || value.textValue().isBlank()) {
            throw wrong(key, describe(value), "text");
        }
        return value.textValue();
    }

    Optional<String> maybeText(String key) throws RecipeException {
        return has(key) ? Optional.of(text(key)) : Optional.empty();
    }

    long whole(String key, long otherwise) throws RecipeException {
        if (!has(key)) {
            return otherwise;
        }
        JsonNode value = need(key, "a whole number");
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw wrong(key, describe(value), "a whole number");
        }
        return value.longValue();
    }

    int integer(String key) throws RecipeException {
        need(key, "a whole number");
        return integer(key, 0);
    }

    int integer(String key, int otherwise) throws RecipeException {
        long value = whole(key, otherwise);
        if (value != (int) value) {
            throw wrong(key, Long.toString(value), "a whole number below 2^31");
        }
        return (int) value;
    }

    OptionalInt maybeInteger(String key) throws RecipeException {
        return has(key) ? OptionalInt.of(integer(key)) : OptionalInt.empty();
    }

    double number(String key, double otherwise) throws RecipeException {
        if (!has(key)) {
            return otherwise;
        }
        JsonNode value = need(key, "a number");
        if (!value.isNumber()) {
            throw wrong(key, describe(value), "a number");
        }
        return value.doubleValue();
    }

    double number(String key) throws RecipeException {
        need(key, "a number");
        return number(key, 0);
    }

    boolean isText(String key) {
        return find(key).filter(JsonNode::isTextual).isPresent();
    }

    boolean flag(String key, boolean otherwise) throws RecipeException {
        if (!has(key)) {
            return otherwise;
        }
        JsonNode value = need(key, "true or false");
        if (!value.isBoolean()) {
            throw wrong(key, describe(value), "true or false");
        }
        return value.booleanValue();
    }

    /** One of some words; the first where the key is absent. */
    String word(String key, List<String> words) throws RecipeException {
        if (!has(key)) {
            return words.getFirst();
        }
        JsonNode value = need(key, "one of " + String.join(", ", words));
        if (!value.isTextual() || !words.contains(value.textValue())) {
            throw wrong(key, describe(value), "one of " + String.join(", ", words));
        }
        return value.textValue();
    }

    /** A constant of an enum, spelled in lower case with hyphens. */
    <T extends Enum<T>> Optional<T> constant(String key, T[] values) throws RecipeException {
        if (!has(key)) {
            return Optional.empty();
        }
        List<String> words = Arrays.stream(values).map(Section::spelled).toList();
        String word = word(key, words);
        return Optional.of(values[words.indexOf(word)]);
    }

    private static String spelled(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Optional<Section> section(String key) throws RecipeException {
        Optional<JsonNode> value = find(key);
        return value.isEmpty()
                ? Optional.empty()
                : Optional.of(new Section(file, path.isEmpty() ? key : path + "." + key, value.get()));
    }

    List<Section> sections(String key) throws RecipeException {
        JsonNode value = need(key, "a list");
        if (!value.isArray() || value.isEmpty()) {
            throw wrong(key, describe(value), "a list of at least one rule");
        }
        var sections = new ArrayList<Section>();
        for (int i = 0; i < value.size(); i++) {
            sections.add(new Section(file, (path.isEmpty() ? key : path + "." + key) + "[" + i + "]", value.get(i)));
        }
        return sections;
    }

    /** Fails on a key that was not asked for. */
    void close() throws RecipeException {
        for (var names = node.fieldNames(); names.hasNext(); ) {
            String key = names.next();
            if (!known.contains(key)) {
                throw wrong(key, "an unknown key", "one of " + String.join(", ", known));
            }
        }
    }
}

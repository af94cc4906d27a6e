// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.recipe;

import dev.inlay.compiler.shape.Factorisation;
import dev.inlay.compiler.shape.FilterPruning;
import dev.inlay.compiler.shape.Rank;
import java.util.List;

/** Reads what a recipe does to the shape of layers. */
final class ShapeReader {
    private static final List<String> RANKS = List.of("rank", "energy", "error");

    private ShapeReader() {}

    static FilterPruning filters(Section section) throws RecipeException {
        return MethodReader.checked(
                section,
                () -> new FilterPruning(
                        section.number("keep"),
                        section.constant("norm", FilterPruning.Norm.values()).orElse(FilterPruning.Norm.L1)));
    }

    static Factorisation factorise(Section section) throws RecipeException {
        return MethodReader.checked(
                section,
                () -> new Factorisation(
                        section.constant("form", Factorisation.Form.values()).orElse(Factorisation.Form.CHANNELS),
                        rank(section)));
    }

    private static Rank rank(Section section) throws RecipeException {
        List<String> given = RANKS.stream().filter(section::has).toList();
        if (given.size() != 1) {
            throw section.wrong(
                    "",
                    given.isEmpty() ? "no rank" : String.join(" and ", given),
                    "one of " + String.join(", ", RANKS));
        }
        return switch (given.getFirst()) {
            case "energy" -> new Rank.Energy(section.number("energy"));
            case "error" -> new Rank.RelativeError(section.number("error"));
            default -> section.isText("rank") ? breakEven(section) : new Rank.Fixed(section.integer("rank"));
        };
    }

    private static Rank breakEven(Section section) throws RecipeException {
        String word = section.text("rank");
        if (!word.equals("break-even")) {
            throw section.wrong("rank", '"' + word + '"', "a whole number or break-even");
        }
        return new Rank.BreakEven();
    }
}

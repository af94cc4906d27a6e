// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.UsageException;
import dev.inlay.compiler.recipe.Recipe;
import dev.inlay.compiler.recipe.RecipeReader;
import dev.inlay.tools.measure.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The recipes a verb compares. */
final class RecipeOptions {
    private static final String ENDING = ".yaml";

    @Option(
            names = "--recipes",
            split = ",",
            paramLabel = "NAME|R.yaml",
            defaultValue = "fixed-16,int8,w4a8,block-float,bit-serial-2x2,twn,low-rank-int8,deep-compression",
            description = "Sample recipes by name, or files; each model is also run as it is, and alone so with none."
                    + " Default ${DEFAULT-VALUE}.")
    private List<String> names = new ArrayList<>();

    /**
     * The recipes, read.
     *
     * @throws UsageException naming the sample recipes
     */
    List<Recipe> recipes() throws IOException {
        List<Recipe> recipes = new ArrayList<>();
        for (String name : names) {
            if (!name.equals(Variant.EXACT)) {
                recipes.add(RecipeReader.read(name.endsWith(ENDING) ? Path.of(name) : sample(name)));
            }
        }
        return recipes;
    }

    private static Path sample(String name) throws IOException {
        Path folder = Home.current().recipes();
        try (Stream<Path> files = Files.list(folder)) {
            List<String> known = files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(ENDING))
                    .map(file -> file.substring(0, file.length() - ENDING.length()))
                    .sorted()
                    .toList();
            if (!known.contains(name)) {
                throw new UsageException("recipe: got \"" + name + "\", expected a file *" + ENDING + ", "
                        + Variant.EXACT + " or one of " + String.join(", ", known));
            }
        }
        return folder.resolve(name + ENDING);
    }
}

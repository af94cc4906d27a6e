// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.UsageException;
import dev.inlay.tensor.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The model a verb works on, and the shapes of its inputs. */
class ShapeOptions extends ModelOptions {
    @Option(
            names = "--shape",
            paramLabel = "NAME=1,3,224,224",
            description = "Shape of an input; extents that the file leaves open are 1 otherwise. May be repeated.")
    private Map<String, String> shapes = new LinkedHashMap<>();

    /** The shapes given, by the input's name. */
    final Map<String, Shape> shapes() {
        Map<String, Shape> given = new LinkedHashMap<>();
        shapes.forEach((name, text) -> given.put(name, shape(name, text)));
        return given;
    }

    private static Shape shape(String name, String text) {
        try {
            return Shape.of(Arrays.stream(text.split(",", -1))
                    .mapToLong(extent -> Long.parseLong(extent.strip()))
                    .toArray());
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "--shape " + name + ": got \"" + text + "\", expected extents of at least 0 as in 1,3,224,224");
        }
    }
}

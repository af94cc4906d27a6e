// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import java.nio.file.Path;

/**
 * Where the samples lie.
 *
 * @param root the folder that holds {@code samples}
 */
public record Home(Path root) {
    /** The folder the launcher names in the system property {@code inlay.home}, else the current one. */
    public static Home current() {
        return new Home(Path.of(System.getProperty("inlay.home", "")).toAbsolutePath());
    }

    /** Trained sample models. */
    public Path models() {
        return root.resolve("samples/models");
    }

    /** Sample recipes. */
    public Path recipes() {
        return root.resolve("samples/recipes");
    }

    /** Sample data sets, a folder each. */
    public Path data() {
        return root.resolve("samples/data");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A fresh folder that only this user can enter, for a native library that a binding unpacks out of its jar. Where other
 * users can write, a predictable name would let them put their own library in its place.
 */
public final class UnpackFolder implements AutoCloseable {
    private final Path path;

    private UnpackFolder(Path path) {
        this.path = path;
    }

    public static UnpackFolder create() throws IOException {
        return new UnpackFolder(Files.createTempDirectory("inlay-"));
    }

    public Path path() {
        return path;
    }

    /** Deletes the folder; a library that is loaded by then stays loaded. */
    @Override
    public void close() throws IOException {
        if (Files.notExists(path)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.walk(path)) {
            deepestFirst =
                    all.sorted((a, b) -> b.getNameCount() - a.getNameCount()).toList();
        }
        for (Path each : deepestFirst) {
            Files.deleteIfExists(each);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.data;

import dev.inlay.UsageException;
import dev.inlay.tools.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The data sets known by name: {@code NAME} or {@code NAME:N} for the first N entries. */
public final class DataSets {
    /** The 1,000 images that come with Inlay. */
    public static final String SHIPPED = "fashion-mnist-1000";

    private static final String FULL = "fashion-mnist";
    private static final Path INSTALLED = Path.of("/usr/share/datasets/fashion-mnist");

    private DataSets() {}

    /** Names of the data sets. */
    public static List<String> names() {
        return List.of(FULL, SHIPPED);
    }

    /** Whether the 10,000 test images of Fashion-MNIST are installed. */
    public static boolean fullIsInstalled() {
        return Files.isReadable(INSTALLED.resolve("t10k-images-idx3-ubyte.gz"));
    }

    /**
     * Opens a data set.
     *
     * @throws UsageException for an unknown name or a count below 1
     * @throws IOException if its files are missing or damaged
     */
    public static LabelledImages open(String reference, Home home) throws IOException {
        int colon = reference.indexOf(':');
        String name = colon < 0 ? reference : reference.substring(0, colon);
        LabelledImages images = switch (name) {
            case FULL -> full(home);
            case SHIPPED -> shipped(home);
            default ->
                throw new UsageException(
                        "data set: got \"" + name + "\", expected one of " + String.join(", ", names()));
        };
        return colon < 0 ? images : images.first(count(reference.substring(colon + 1), reference));
    }

    private static int count(String text, String reference) {
        if (!text.matches("[1-9][0-9]{0,8}")) {
            throw new UsageException("data set: got \"" + reference + "\", expected NAME or NAME:N with N from 1");
        }
        return Integer.parseInt(text);
    }

    private static LabelledImages full(Home home) throws IOException {
        if (!fullIsInstalled()) {
            throw new IOException(INSTALLED + ": got no data set " + FULL
                    + ", expected the package dataset-fashion-mnist (apt-get install dataset-fashion-mnist), or use "
                    + SHIPPED);
        }
        return LabelledImages.read(
                FULL,
                INSTALLED.resolve("t10k-images-idx3-ubyte.gz"),
                INSTALLED.resolve("t10k-labels-idx1-ubyte.gz"),
                classes(home));
    }

    private static LabelledImages shipped(Home home) throws IOException {
        Path folder = home.data().resolve(SHIPPED);
        return LabelledImages.read(
                SHIPPED,
                folder.resolve("t10k-images-1000-idx3-ubyte.gz"),
                folder.resolve("t10k-labels-1000-idx1-ubyte.gz"),
                classes(home));
    }

    private static List<String> classes(Home home) throws IOException {
        return Files.readAllLines(home.data().resolve(SHIPPED).resolve("labels.txt"));
    }
}

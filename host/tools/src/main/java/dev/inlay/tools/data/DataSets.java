// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.data;

import dev.inlay.UsageException;
import dev.inlay.tools.Home;
import dev.inlay.tools.data.LabelledImages.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The data sets known by name: {@code NAME} or {@code NAME:N} for the first N entries. */
public final class DataSets {
    /** The 1,000 images that come with Inlay. */
    public static final String SHIPPED = "fashion-mnist-1000";

    private static final int CALIBRATION_IMAGES = 256;
    private static final String FULL = "fashion-mnist";
    private static final Path INSTALLED = Path.of("/usr/share/datasets/fashion-mnist");

    private DataSets() {}

    /** Names of the data sets. */
    public static List<String> names() {
        return List.of(FULL, SHIPPED);
    }

    /** Whether the 60,000 training and 10,000 test images of Fashion-MNIST are installed. */
    public static boolean fullIsInstalled() {
        return Files.isReadable(INSTALLED.resolve("t10k-images-idx3-ubyte.gz"));
    }

    /**
     * Opens a data set: the images to be judged by.
     *
     * @throws UsageException for an unknown name or a count below 1
     * @throws IOException if its files are missing or damaged
     */
    public static LabelledImages open(String reference, Home home) throws IOException {
        DataReference asked = DataReference.parse(reference);
        LabelledImages images = switch (asked.name()) {
            case FULL -> full(Split.TEST, home);
            case SHIPPED -> shipped(home);
            default -> throw unknown(asked);
        };
        return images.first(asked.count().orElse(images.size()));
    }

    /**
     * Draws images to calibrate on. Those of the full set are training images, so that none is in a test; with the sample
     * come test images only.
     *
     * @param reference as for {@link #open}; without N the usual number is drawn
     * @throws UsageException for an unknown name or a count below 1
     * @throws IOException if its files are missing or damaged
     */
    public static LabelledImages calibration(String reference, long seed, Home home) throws IOException {
        DataReference asked = DataReference.parse(reference);
        LabelledImages images = switch (asked.name()) {
            case FULL -> full(Split.TRAINING, home);
            case SHIPPED -> shipped(home);
            default -> throw unknown(asked);
        };
        return images.drawn(asked.count().orElse(CALIBRATION_IMAGES), seed);
    }

    /** The data set to calibrate on where nobody names one: the full set where it is installed. */
    public static String calibration() {
        return fullIsInstalled() ? FULL : SHIPPED;
    }

    private static UsageException unknown(DataReference asked) {
        return new UsageException(
                "data set: got \"" + asked.name() + "\", expected one of " + String.join(", ", names()));
    }

    private static LabelledImages full(Split split, Home home) throws IOException {
        if (!fullIsInstalled()) {
            throw new IOException(INSTALLED + ": got no data set " + FULL
                    + ", expected the package dataset-fashion-mnist (apt-get install dataset-fashion-mnist), or use "
                    + SHIPPED);
        }
        String prefix = split == Split.TRAINING ? "train" : "t10k";
        return LabelledImages.read(
                FULL,
                split,
                INSTALLED.resolve(prefix + "-images-idx3-ubyte.gz"),
                INSTALLED.resolve(prefix + "-labels-idx1-ubyte.gz"),
                classes(home));
    }

    private static LabelledImages shipped(Home home) throws IOException {
        Path folder = home.data().resolve(SHIPPED);
        return LabelledImages.read(
                SHIPPED,
                Split.TEST,
                folder.resolve("t10k-images-1000-idx3-ubyte.gz"),
                folder.resolve("t10k-labels-1000-idx1-ubyte.gz"),
                classes(home));
    }

    private static List<String> classes(Home home) throws IOException {
        return Files.readAllLines(home.data().resolve(SHIPPED).resolve("labels.txt"));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The four files of Fashion-MNIST as the Debian package {@code dataset-fashion-mnist} lays them out. */
record FashionMnist(Path folder) {
    /** Class names, in the order of the labels 0 to 9. */
    static final List<String> CLASSES = List.of(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot");

    /** The 60,000 training images. */
    LabelledImages train() throws IOException {
        return read("train");
    }

    /** The 10,000 test images. */
    LabelledImages test() throws IOException {
        return read("t10k");
    }

    /**
     * Writes the first {@code count} test images, their labels, {@code labels.txt} with the class names, and the
     * data set's licence to {@code target}.
     */
    void writeExcerpt(int count, Path licence, Path target) throws IOException {
        IdxFile.read(folder.resolve("t10k-images-idx3-ubyte.gz"))
                .first(count)
                .write(target.resolve("t10k-images-%d-idx3-ubyte.gz".formatted(count)));
        IdxFile.read(folder.resolve("t10k-labels-idx1-ubyte.gz"))
                .first(count)
                .write(target.resolve("t10k-labels-%d-idx1-ubyte.gz".formatted(count)));
        Files.write(target.resolve("labels.txt"), CLASSES);
        Files.writeString(target.resolve("LICENSE"), Files.readString(licence));
    }

    private LabelledImages read(String part) throws IOException {
        return LabelledImages.of(
                IdxFile.read(folder.resolve(part + "-images-idx3-ubyte.gz")),
                IdxFile.read(folder.resolve(part + "-labels-idx1-ubyte.gz")));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples;

import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.zip.GZIPInputStream;

/** The thousand Fashion-MNIST images beside the samples, read from the root of the repository. */
final class SampleImages {
    private static final Path FOLDER = Path.of("samples/data/fashion-mnist-1000");
    private static final int SIDE = 28;
    private static final int IMAGE_HEADER = 16;
    private static final int LABEL_HEADER = 8;

    private final byte[] pixels = unpacked("t10k-images-1000-idx3-ubyte.gz");
    private final byte[] labels = unpacked("t10k-labels-1000-idx1-ubyte.gz");
    private final List<String> classes = Files.readAllLines(FOLDER.resolve("labels.txt"));

    SampleImages() throws IOException {}

    private static byte[] unpacked(String file) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(FOLDER.resolve(file)))) {
            return in.readAllBytes();
        }
    }

    /** An image as FLOAT32 {@code [1, 1, 28, 28]}, each pixel divided by 255. */
    Tensor image(int index) {
        float[] values = new float[SIDE * SIDE];
        for (int i = 0; i < values.length; i++) {
            values[i] = (pixels[IMAGE_HEADER + index * values.length + i] & 0xff) / 255f;
        }
        return Tensor.of(Shape.of(1, 1, SIDE, SIDE), values);
    }

    /** The class an image belongs to. */
    String label(int index) {
        return classes.get(labels[LABEL_HEADER + index]);
    }

    /** The class with the largest score. */
    String best(Tensor scores) {
        float[] values = scores.toFloats();
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return classes.get(best);
    }

    /** Whether no score differs by 0.001 or more. */
    static boolean agree(Tensor one, Tensor other) {
        return LongStream.range(0, one.elements()).allMatch(i -> Math.abs(one.getFloat(i) - other.getFloat(i)) < 1e-3);
    }
}

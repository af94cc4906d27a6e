// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.data;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Grey images with one label each. */
public final class LabelledImages {
    /** What images are there for. */
    public enum Split {
        /** To learn or to calibrate. */
        TRAINING,
        /** To be judged by. */
        TEST
    }

    private final String name;
    private final Split split;
    private final IdxFile images;
    private final byte[] labels;
    private final List<String> classes;
    private final int size;

    private LabelledImages(String name, Split split, IdxFile images, byte[] labels, List<String> classes, int size) {
        this.name = name;
        this.split = split;
        this.images = images;
        this.labels = labels;
        this.classes = classes;
        this.size = size;
    }

    /** Pairs images {@code [n, rows, columns]} with labels {@code [n]}, each the index of a class. */
    static LabelledImages read(String name, Split split, Path images, Path labels, List<String> classes)
            throws IOException {
        IdxFile pixels = IdxFile.read(images);
        IdxFile codes = IdxFile.read(labels);
        if (pixels.shape().rank() != 3
                || codes.shape().rank() != 1
                || pixels.shape().extent(0) != codes.shape().extent(0)) {
            throw new IOException(images + ": got images " + pixels.shape() + " and labels " + codes.shape()
                    + ", expected NxROWSxCOLUMNS and N");
        }
        for (byte code : codes.elements()) {
            if ((code & 0xff) >= classes.size()) {
                throw new IOException(
                        labels + ": got the label " + (code & 0xff) + ", expected 0 to " + (classes.size() - 1));
            }
        }
        return new LabelledImages(
                name, split, pixels, codes.elements(), classes, pixels.shape().size(0));
    }

    /** The data set's name. */
    public String name() {
        return name;
    }

    /** What they are there for. */
    public Split split() {
        return split;
    }

    /** Number of images. */
    public int size() {
        return size;
    }

    public int rows() {
        return images.shape().size(1);
    }

    public int columns() {
        return images.shape().size(2);
    }

    /** Names of the classes, in the order of the labels. */
    public List<String> classes() {
        return classes;
    }

    /** The class an image belongs to, from 0. */
    public int label(int image) {
        return labels[image] & 0xff;
    }

    /** Brightness of a pixel, 0 to 255. */
    public int pixel(int image, int row, int column) {
        return images.elements()[(image * rows() + row) * columns() + column] & 0xff;
    }

    /** The first {@code count} images, at most as many as there are. */
    public LabelledImages first(int count) {
        return new LabelledImages(name, split, images, labels, classes, Math.min(count, size));
    }

    /** {@code count} images drawn at random, none twice, at most as many as there are; a seed always draws the same. */
    public LabelledImages drawn(int count, long seed) {
        int drawn = Math.min(count, size);
        int pixels = rows() * columns();
        int[] order = IntStream.range(0, size).toArray();
        Random random = new Random(seed);
        byte[] elements = new byte[drawn * pixels];
        byte[] codes = new byte[drawn];
        for (int i = 0; i < drawn; i++) {
            int other = random.nextInt(i, size);
            int image = order[other];
            order[other] = order[i];
            System.arraycopy(images.elements(), image * pixels, elements, i * pixels, pixels);
            codes[i] = labels[image];
        }
        IdxFile chosen = new IdxFile(Shape.of(drawn, rows(), columns()), elements);
        return new LabelledImages(name, split, chosen, codes, classes, drawn);
    }

    /**
     * Images {@code from} to {@code from + count - 1} as FLOAT32 {@code [count, 1, rows, columns]}, each pixel divided by
     * 255; zeros past the last image.
     */
    public Tensor batch(int from, int count) {
        Tensor batch = Tensor.allocate(ElementType.FLOAT32, Shape.of(count, 1, rows(), columns()));
        int pixels = rows() * columns();
        int available = Math.max(0, Math.min(count, size - from)) * pixels;
        for (int i = 0; i < available; i++) {
            float value = (images.elements()[from * pixels + i] & 0xff) / 255f;
            batch.data().setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
        }
        return batch;
    }
}

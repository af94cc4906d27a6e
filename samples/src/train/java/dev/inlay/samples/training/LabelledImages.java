// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples.training;

import java.util.List;

/** Grey 28 × 28 images with one label of 0 to 9 each. */
final class LabelledImages {
    /** Rows and columns of an image. */
    static final int SIDE = 28;

    /** Pixels of an image. */
    static final int PIXELS = SIDE * SIDE;

    private final byte[] pixels;
    private final byte[] labels;

    private LabelledImages(byte[] pixels, byte[] labels) {
        this.pixels = pixels;
        this.labels = labels;
    }

    /** Pairs images [n, 28, 28] with labels [n]. */
    static LabelledImages of(IdxFile images, IdxFile labels) {
        int count = labels.shape().get(0);
        if (!images.shape().equals(List.of(count, SIDE, SIDE))) {
            throw new IllegalArgumentException(
                    "got images of shape %s, expected %s".formatted(images.shape(), List.of(count, SIDE, SIDE)));
        }
        byte[] codes = labels.elements();
        for (byte code : codes) {
            if (code < 0 || code >= FashionMnist.CLASSES.size()) {
                throw new IllegalArgumentException("got label %d, expected 0 to %d"
                        .formatted(Byte.toUnsignedInt(code), FashionMnist.CLASSES.size() - 1));
            }
        }
        return new LabelledImages(images.elements(), codes);
    }

    int size() {
        return labels.length;
    }

    int label(int image) {
        return labels[image];
    }

    /** The pixel divided by 255, so 0 to 1. */
    float pixel(int image, int row, int column) {
        return Byte.toUnsignedInt(pixels[image * PIXELS + row * SIDE + column]) / 255f;
    }

    /** Images {@code from} to {@code from + count − 1} as [count, 1, 28, 28], each pixel divided by 255. */
    float[] scaled(int from, int count) {
        var values = new float[count * PIXELS];
        for (int i = 0; i < values.length; i++) {
            values[i] = Byte.toUnsignedInt(pixels[from * PIXELS + i]) / 255f;
        }
        return values;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples.training;

import java.util.random.RandomGenerator;

/**
 * Light random changes of a training image that keep its class.
 *
 * @param flip whether half of the images are mirrored left to right
 * @param shift the largest move along each axis, in pixels; what comes in at a border is black
 */
record Augmentation(boolean flip, int shift) {
    /** Writes the changed image to {@code target} from {@code offset} on, row by row, pixels divided by 255. */
    void apply(LabelledImages images, int image, RandomGenerator random, float[] target, int offset) {
        boolean mirrored = flip && random.nextBoolean();
        int down = random.nextInt(-shift, shift + 1);
        int right = random.nextInt(-shift, shift + 1);
        for (int row = 0; row < LabelledImages.SIDE; row++) {
            for (int column = 0; column < LabelledImages.SIDE; column++) {
                int fromRow = row - down;
                int shifted = column - right;
                int fromColumn = mirrored ? LabelledImages.SIDE - 1 - shifted : shifted;
                target[offset + row * LabelledImages.SIDE + column] =
                        inside(fromRow) && inside(fromColumn) ? images.pixel(image, fromRow, fromColumn) : 0;
            }
        }
    }

    private static boolean inside(int index) {
        return index >= 0 && index < LabelledImages.SIDE;
    }
}

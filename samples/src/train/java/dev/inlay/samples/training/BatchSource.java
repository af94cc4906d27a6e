// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples.training;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Draws augmented batches in a new random order each epoch. The images that do not fill a last batch are left out of that
 * epoch.
 */
final class BatchSource {
    private final LabelledImages images;
    private final Recipe recipe;
    private final SplittableRandom random;
    private final int[] order;
    private final float[] pixels;
    private final float[] targets;

    BatchSource(LabelledImages images, Recipe recipe, long seed) {
        this.images = images;
        this.recipe = recipe;
        this.random = new SplittableRandom(seed);
        this.order = IntStream.range(0, images.size()).toArray();
        this.pixels = new float[recipe.batch() * LabelledImages.PIXELS];
        this.targets = new float[recipe.batch() * FashionMnist.CLASSES.size()];
    }

    int batchesPerEpoch() {
        return images.size() / recipe.batch();
    }

    /** Begins an epoch with a new order. */
    void shuffle() {
        for (int last = order.length - 1; last > 0; last--) {
            int other = random.nextInt(last + 1);
            int kept = order[last];
            order[last] = order[other];
            order[other] = kept;
        }
    }

    /** Fills {@link #pixels()} and {@link #targets()} with batch {@code batch} of the current order. */
    void fill(int batch) {
        int classes = FashionMnist.CLASSES.size();
        for (int i = 0; i < recipe.batch(); i++) {
            int image = order[batch * recipe.batch() + i];
            recipe.augmentation().apply(images, image, random, pixels, i * LabelledImages.PIXELS);
            for (int c = 0; c < classes; c++) {
                float spread = recipe.smoothing() / classes;
                targets[i * classes + c] = c == images.label(image) ? 1 - recipe.smoothing() + spread : spread;
            }
        }
    }

    /** The current images [batch, 1, 28, 28], 0 to 1; overwritten by the next {@link #fill}. */
    float[] pixels() {
        return pixels;
    }

    /** The current smoothed one-hot targets [batch, 10]; overwritten by the next {@link #fill}. */
    float[] targets() {
        return targets;
    }
}

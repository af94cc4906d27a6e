// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchSourceTest {
    private static final Recipe PLAIN = new Recipe(1, 4, 1e-3f, 0, 0.1f, new Augmentation(false, 0));

    @TempDir
    Path folder;

    @Test
    void anEpochDrawsEachImageOnce() throws IOException {
        LabelledImages images = tenImagesOfTheirLabel();
        var recipe = new Recipe(1, 10, 1e-3f, 0, 0, new Augmentation(false, 0));
        var source = new BatchSource(images, recipe, 1);
        source.shuffle();
        source.fill(0);
        var seen = new int[10];
        for (int i = 0; i < 10; i++) {
            int label = Math.round(source.pixels()[i * LabelledImages.PIXELS] * 255);
            seen[label]++;
            assertEquals(1, source.targets()[i * 10 + label]);
        }
        assertArrayEquals(new int[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, seen);
    }

    @Test
    void targetsAreSmoothedAndSumToOne() throws IOException {
        var source = new BatchSource(tenImagesOfTheirLabel(), PLAIN, 1);
        source.fill(0);
        assertEquals(2, source.batchesPerEpoch());
        for (int i = 0; i < 4; i++) {
            float sum = 0;
            for (int c = 0; c < 10; c++) {
                float target = source.targets()[i * 10 + c];
                assertEquals(c == i ? 0.91f : 0.01f, target, 1e-6f);
                sum += target;
            }
            assertEquals(1, sum, 1e-6f);
        }
    }

    @Test
    void equalSeedsDrawEqualBatches() throws IOException {
        LabelledImages images = tenImagesOfTheirLabel();
        var recipe = new Recipe(1, 4, 1e-3f, 0, 0, new Augmentation(true, 2));
        assertArrayEquals(secondEpoch(images, recipe, 7), secondEpoch(images, recipe, 7));
    }

    private static float[] secondEpoch(LabelledImages images, Recipe recipe, long seed) {
        var source = new BatchSource(images, recipe, seed);
        source.shuffle();
        source.fill(0);
        source.shuffle();
        source.fill(1);
        return source.pixels().clone();
    }

    private LabelledImages tenImagesOfTheirLabel() throws IOException {
        return TestImages.write(folder, 10, (image, row, column) -> image);
    }
}

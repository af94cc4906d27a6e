// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AugmentationTest {
    private static final int ROW = 10;
    private static final int COLUMN = 5;

    @TempDir
    Path folder;

    @Test
    void withoutFlipAndShiftTheImageStays() throws IOException {
        LabelledImages images = TestImages.write(folder, 1, (image, row, column) -> row * 7 + column);
        var target = new float[LabelledImages.PIXELS];
        new Augmentation(false, 0).apply(images, 0, new SplittableRandom(1), target, 0);
        assertArrayEquals(images.scaled(0, 1), target);
    }

    @Test
    void aDotReachesEveryPlaceOfFlipAndShiftAndNoOther() throws IOException {
        LabelledImages images =
                TestImages.write(folder, 1, (image, row, column) -> row == ROW && column == COLUMN ? 255 : 0);
        Set<List<Integer>> expected = new HashSet<>();
        for (int down = -1; down <= 1; down++) {
            for (int right = -1; right <= 1; right++) {
                expected.add(List.of(ROW + down, COLUMN + right));
                expected.add(List.of(ROW + down, LabelledImages.SIDE - 1 - COLUMN + right));
            }
        }
        Set<List<Integer>> seen = new HashSet<>();
        var random = new SplittableRandom(1);
        var target = new float[LabelledImages.PIXELS];
        for (int draw = 0; draw < 1_000; draw++) {
            new Augmentation(true, 1).apply(images, 0, random, target, 0);
            int[] lit = IntStream.range(0, target.length)
                    .filter(pixel -> target[pixel] != 0)
                    .toArray();
            assertEquals(1, lit.length);
            seen.add(List.of(lit[0] / LabelledImages.SIDE, lit[0] % LabelledImages.SIDE));
        }
        assertEquals(expected, seen);
    }
}

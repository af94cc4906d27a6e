// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.tools.Home;
import dev.inlay.tools.data.LabelledImages.Split;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

final class DataSetsTest {
    @Test
    void calibrationDrawsEachImageOnceAndASeedTheSame() throws IOException {
        LabelledImages all = DataSets.open(DataSets.SHIPPED, Home.current());
        LabelledImages drawn = DataSets.calibration(DataSets.SHIPPED + ":300", 7, Home.current());
        assertEquals(Split.TEST, drawn.split());
        assertEquals(300, drawn.size());
        assertEquals(pictures(drawn), pictures(DataSets.calibration(DataSets.SHIPPED + ":300", 7, Home.current())));
        assertNotEquals(pictures(drawn), pictures(DataSets.calibration(DataSets.SHIPPED + ":300", 8, Home.current())));
        LabelledImages whole = all.drawn(5000, 1);
        assertEquals(all.size(), whole.size());
        assertEquals(Set.copyOf(pictures(all)), new HashSet<>(pictures(whole)), "with their labels");
        assertEquals(
                256, DataSets.calibration(DataSets.SHIPPED, 1, Home.current()).size());
    }

    @Test
    void calibrationOnTheFullSetIsApartFromTheTest() throws IOException {
        Assumptions.assumeTrue(DataSets.fullIsInstalled(), "the full set is not installed");
        assertEquals("fashion-mnist", DataSets.calibration());
        LabelledImages training = DataSets.calibration("fashion-mnist:60000", 1, Home.current());
        assertEquals(Split.TRAINING, training.split());
        assertEquals(60_000, training.size());
        LabelledImages test = DataSets.open("fashion-mnist", Home.current());
        assertEquals(Split.TEST, test.split());
        assertEquals(10_000, test.size());
        Set<ByteBuffer> both = new HashSet<>(pictures(training));
        both.retainAll(pictures(test));
        assertTrue(both.isEmpty(), () -> "got " + both.size() + " test images among the training images");
    }

    /** Every image with its label. */
    private static List<ByteBuffer> pictures(LabelledImages images) {
        List<ByteBuffer> pictures = new ArrayList<>();
        int pixels = images.rows() * images.columns();
        for (int image = 0; image < images.size(); image++) {
            byte[] bytes = new byte[pixels + 1];
            for (int i = 0; i < pixels; i++) {
                bytes[i] = (byte) images.pixel(image, i / images.columns(), i % images.columns());
            }
            bytes[pixels] = (byte) images.label(image);
            pictures.add(ByteBuffer.wrap(bytes));
        }
        return pictures;
    }
}

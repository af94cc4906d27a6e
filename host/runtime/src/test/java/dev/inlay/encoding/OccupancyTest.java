// SPDX-License-Identifier: Apache-2.0
package dev.inlay.encoding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class OccupancyTest {
    @Test
    void tapsOfAChannelAreWalkedTogether() {
        // Two output channels of three input channels of four taps, in ONNX order [output][input][tap].
        Tensor numbers = Tensor.allocate(ElementType.FLOAT32, Shape.of(2, 3, 2, 2));
        for (int at : new int[] {0, 2, 9, 4, 12 + 8, 12 + 3}) {
            numbers.set(at, 1);
        }
        Occupancy kept = Occupancy.of(numbers, WeightsShape.ofConv(1, 2, 3, 4), 1, 1);
        Occupancy walked = kept.byChannel();
        assertArrayEquals(new int[] {0, 1, 5, 6, 2, 9}, runs(kept));
        assertArrayEquals(new int[] {0, 6, 1, 5, 9, 2}, runs(walked));
        assertEquals(kept.start(1), walked.start(1));
        assertEquals(kept.density(), walked.density());
    }

    private static int[] runs(Occupancy kept) {
        return IntStream.range(0, kept.entries()).map(kept::run).toArray();
    }
}

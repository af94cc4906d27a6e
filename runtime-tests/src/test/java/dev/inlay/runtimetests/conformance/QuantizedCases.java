// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import dev.inlay.graph.Window;
import dev.inlay.runtimetests.conformance.QuantizedCase.Fill;
import dev.inlay.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** The table of u8·s8 convolutions. */
final class QuantizedCases {
    private static final int[] ZEROS = {0, 128, 3};
    private static final Window SAME = window(3, 1, 1, 1);

    private final List<QuantizedCase> cases = new ArrayList<>();

    private QuantizedCases() {}

    private static Window window(int size, int stride, int dilation, int padding) {
        return new Window(size, size, stride, stride, dilation, dilation, padding, padding, padding, padding);
    }

    private void add(String name, boolean small, Fill fill, Window window, int groups, Shape x, int outputs) {
        int zero = ZEROS[cases.size() % 3];
        int yZero = ZEROS[(cases.size() + 1) % 3];
        String full = name + ", zero " + zero + " to " + yZero;
        cases.add(QuantizedCase.of(full, small, fill, window, groups, x, outputs, zero, yZero));
    }

    private void add(String name, Window window, int groups, Shape x, int outputs) {
        add(name, false, Fill.RANDOM, window, groups, x, outputs);
    }

    /** Cases of the dense skeletons. */
    static List<QuantizedCase> dense() {
        QuantizedCases table = new QuantizedCases();
        for (int width : new int[] {1, 3, 4, 5, 14, 17}) {
            table.add("width " + width, width == 5, Fill.RANDOM, SAME, 1, Shape.of(1, 5, 3, width), 9);
        }
        for (int channels : new int[] {1, 5, 16, 33}) {
            table.add(channels + " channels", SAME, 1, Shape.of(1, channels, 3, 6), 7);
        }
        for (int outputs : new int[] {1, 8, 16, 17, 33}) {
            table.add(outputs + " outputs", Window.of(1, 1), 1, Shape.of(1, 6, 2, 5), outputs);
        }
        table.add("two groups", SAME, 2, Shape.of(1, 8, 4, 5), 10);
        table.add("three groups of odd channels", true, Fill.RANDOM, SAME, 3, Shape.of(1, 15, 3, 5), 9);
        table.add("stride 2", window(3, 2, 1, 1), 1, Shape.of(1, 5, 7, 9), 9);
        table.add("dilation 2", true, Fill.RANDOM, window(3, 1, 2, 2), 1, Shape.of(1, 5, 4, 5), 9);
        table.add("uneven padding", new Window(3, 2, 1, 2, 1, 1, 0, 2, 1, 1), 1, Shape.of(1, 5, 4, 9), 9);
        table.add("5x5", window(5, 1, 1, 2), 1, Shape.of(1, 3, 5, 6), 12);
        for (int images : new int[] {2, 3}) {
            table.add(images + " images", SAME, 1, Shape.of(images, 5, 3, 5), 17);
        }
        table.add("a long sum", SAME, 1, Shape.of(1, 131, 2, 5), 18);
        for (int i = 0; i < ZEROS.length; i++) {
            table.add("extremes", i == 0, Fill.EXTREME, SAME, 1, Shape.of(1, 33, 3, 5), 9);
        }
        for (int i = 0; i < ZEROS.length; i++) {
            table.add("ties", false, Fill.TIES, Window.of(1, 1), 1, Shape.of(1, 1, 12, 12), 9);
        }
        return table.cases;
    }

    /** Cases of the depthwise kernel. */
    static List<QuantizedCase> depthwise() {
        QuantizedCases table = new QuantizedCases();
        for (int channels : new int[] {1, 5, 16, 17, 33}) {
            table.add(
                    channels + " channels",
                    channels == 5,
                    Fill.RANDOM,
                    SAME,
                    channels,
                    Shape.of(1, channels, 3, 5),
                    channels);
        }
        for (int width : new int[] {1, 3, 4, 14}) {
            table.add("width " + width, SAME, 5, Shape.of(2, 5, 3, width), 5);
        }
        table.add("stride 2", window(3, 2, 1, 1), 6, Shape.of(1, 6, 7, 9), 6);
        table.add("dilation 2", window(3, 1, 2, 2), 5, Shape.of(1, 5, 4, 5), 5);
        table.add("uneven padding", new Window(3, 2, 1, 2, 1, 1, 0, 2, 1, 1), 5, Shape.of(1, 5, 4, 9), 5);
        table.add("extremes", true, Fill.EXTREME, SAME, 6, Shape.of(1, 6, 3, 5), 6);
        table.add("ties", false, Fill.TIES, Window.of(1, 1), 5, Shape.of(1, 5, 9, 9), 5);
        return table.cases;
    }
}

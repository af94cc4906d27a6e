// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import dev.inlay.graph.Window;
import dev.inlay.tensor.Shape;
import java.util.List;

/**
 * The extents of one contraction.
 *
 * @param name what is special about it
 * @param operator conv, depthwise, gemm or fc
 * @param small whether a simulator gets it too
 * @param extreme whether all operands are the largest of their formats
 */
record FormatShape(
        String name, String operator, boolean small, boolean extreme, Window window, int groups, Shape x, int outputs) {
    private static final Window SAME = window(3, 1, 1);

    static final List<FormatShape> ALL = List.of(
            conv("width 1", SAME, 1, Shape.of(1, 5, 3, 1), 9),
            conv("width 3", SAME, 1, Shape.of(1, 33, 2, 3), 16),
            conv("width 4", SAME, 1, Shape.of(1, 4, 3, 4), 1),
            conv("width 5", SAME, 1, Shape.of(1, 5, 3, 5), 9).asSmall(),
            conv("width 17", SAME, 1, Shape.of(1, 32, 2, 17), 17),
            conv("a long sum", SAME, 1, Shape.of(1, 195, 1, 5), 18),
            conv("extremes", SAME, 1, Shape.of(1, 131, 2, 5), 9).asExtreme(),
            conv("stride 2", window(3, 2, 1), 1, Shape.of(1, 9, 7, 9), 33),
            conv("dilation 2", window(3, 1, 2), 1, Shape.of(1, 6, 4, 5), 8),
            conv("uneven padding", new Window(3, 2, 1, 2, 1, 1, 0, 2, 1, 1), 1, Shape.of(1, 5, 4, 9), 9),
            conv("three groups", SAME, 3, Shape.of(1, 15, 3, 5), 9).asSmall(),
            conv("3 images", SAME, 1, Shape.of(3, 5, 3, 5), 17),
            new FormatShape("5 channels", "depthwise", true, false, SAME, 5, Shape.of(1, 5, 3, 5), 5),
            new FormatShape("9 channels", "depthwise", false, false, window(3, 2, 1), 9, Shape.of(2, 9, 5, 6), 9),
            new FormatShape("13 rows", "gemm", false, false, Window.of(1, 1), 1, Shape.of(1, 70, 1, 13), 19),
            new FormatShape("4 rows", "gemm", true, false, Window.of(1, 1), 1, Shape.of(1, 64, 1, 4), 16),
            new FormatShape("33 outputs", "fc", true, false, Window.of(1, 1), 1, Shape.of(1, 131, 1, 1), 33));

    private static Window window(int size, int stride, int dilation) {
        int pad = dilation * (size / 2);
        return new Window(size, size, stride, stride, dilation, dilation, pad, pad, pad, pad);
    }

    private static FormatShape conv(String name, Window window, int groups, Shape x, int outputs) {
        return new FormatShape(name, "conv", false, false, window, groups, x, outputs);
    }

    private FormatShape asSmall() {
        return new FormatShape(name, operator, true, extreme, window, groups, x, outputs);
    }

    private FormatShape asExtreme() {
        return new FormatShape(name, operator, small, true, window, groups, x, outputs);
    }

    int channels() {
        return x.size(1) / groups;
    }

    Shape y() {
        return Shape.of(
                x.extent(0), outputs, window.outputRows(x.extent(2), false), window.outputColumns(x.extent(3), false));
    }

    @Override
    public String toString() {
        return operator + ", " + name;
    }
}

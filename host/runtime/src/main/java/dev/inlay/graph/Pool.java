// SPDX-License-Identifier: Apache-2.0
package dev.inlay.graph;

/** Reductions of windows of an image {@code [N, C, H, W]}, each channel on its own. */
public sealed interface Pool extends Op {
    Window window();

    /** Whether a last window that is only partly inside the image yields an output. */
    boolean ceil();

    /** The largest element; padding never wins. */
    record MaxPool(Window window, boolean ceil) implements Pool {}

    /** The mean of the elements, over all taps or over those inside the image only. */
    record AveragePool(Window window, boolean ceil, boolean countPadding) implements Pool {}
}

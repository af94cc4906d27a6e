// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.graph.Node;
import java.util.Locale;

/** When weights that are zero are left out of a contraction. */
public enum SparseUse implements SparseRule {
    /** Where the device is faster without them. */
    BREAK_EVEN,
    /** Each weight by itself, wherever a kernel can. */
    ROWS,
    /** Runs of panels of output channels, wherever a kernel can. */
    PANELS,
    /** The N of M neighbouring weights that are not zero, with the codes of their places, wherever a kernel can. */
    N_OF_M,
    /** Columns of a matrix, those left out whose activation is zero too, wherever a kernel can. */
    COLUMNS,
    NEVER;

    /** The same for every node. */
    @Override
    public SparseUse use(Node node) {
        return this;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

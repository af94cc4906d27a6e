// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import java.util.List;
import java.util.Map;

/**
 * LogNet: {@code sign(w) 2^(round(root log2|w|) / root)}, the greatest power being that of {@code max|w|} and what lies
 * below the least one zero.
 *
 * @param bits 2 to 8: zero and {@code 2^(bits-1) - 1} powers of either sign
 * @param root 1 for powers of two, 2 for powers of the square root of two
 */
public record Logarithmic(int bits, int root) implements CodeMethod {
    public Logarithmic {
        WeightMethod.bits(bits, 2, 8);
        if (root < 1 || root > 2) {
            throw new IllegalArgumentException("root: got " + root + ", expected 1 or 2");
        }
    }

    @Override
    public String title() {
        return "lognet";
    }

    @Override
    public Coded encode(LayerWeights weights) {
        Levels.Logarithmic levels = new Levels.Logarithmic((1 << (bits - 1)) - 1, root);
        float scale = scale(Terms.largest(weights.values()), levels);
        Grouping all = Grouping.of(weights, new Granularity.PerTensor());
        return new Coded(weights.shape(), List.of(Terms.nearest(levels, weights, all, new float[] {scale})));
    }

    /** The scale with which the greatest power is that of a magnitude; a power of the root, at least 2^-126. */
    public static float scale(float largest, Levels.Logarithmic levels) {
        if (largest == 0) {
            return 1;
        }
        int root = levels.root();
        int top = root * Math.getExponent(largest);
        while (largest >= power(top + 1, root) * Levels.Logarithmic.bound(0, root)) {
            top++;
        }
        return (float) Math.max(power(top - levels.magnitudes() + 1, root), Float.MIN_NORMAL);
    }

    private static double power(int index, int root) {
        double whole = Math.scalb(1.0, Math.floorDiv(index, root));
        return Math.floorMod(index, root) == 0 ? whole : whole * (float) Math.sqrt(2);
    }

    @Override
    public Map<String, Object> parameters(Coded chosen) {
        return Map.of("bits", bits, "root", root);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import dev.inlay.encoding.Coded;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;

/** Weights split into groups that share a scale: the group of each element, and a tensor of a scale for each group. */
final class Grouping {
    private final Shape scaleShape;
    private final int axis;
    private final int block;
    private final int[] groups;
    private final int count;

    private Grouping(Shape scaleShape, int axis, int block, int[] groups) {
        this.scaleShape = scaleShape;
        this.axis = axis;
        this.block = block;
        this.groups = groups;
        this.count = Math.toIntExact(scaleShape.elements());
    }

    static Grouping of(LayerWeights weights, Granularity granularity) {
        int elements = Math.toIntExact(weights.tensor().elements());
        return switch (granularity) {
            case Granularity.PerTensor all -> new Grouping(Shape.SCALAR, 0, 0, new int[elements]);
            case Granularity.PerChannel channel -> channels(weights, elements);
            case Granularity.PerGroup group -> blocks(weights, elements, group.size());
        };
    }

    private static Grouping channels(LayerWeights weights, int elements) {
        Shape shape = weights.shape();
        int axis = weights.outputAxis();
        int inner = Math.toIntExact(shape.elements(axis + 1, shape.rank()));
        int extent = shape.size(axis);
        int[] groups = new int[elements];
        for (int i = 0; i < elements; i++) {
            groups[i] = i / inner % extent;
        }
        return new Grouping(Shape.of(extent), axis, 0, groups);
    }

    private static Grouping blocks(LayerWeights weights, int elements, int block) {
        Shape shape = weights.shape();
        int axis = weights.inputAxis();
        int inner = Math.toIntExact(shape.elements(axis + 1, shape.rank()));
        int extent = shape.size(axis);
        int blocks = Math.ceilDiv(extent, block);
        int[] groups = new int[elements];
        for (int i = 0; i < elements; i++) {
            int outer = i / inner / extent;
            groups[i] = (outer * blocks + i / inner % extent / block) * inner + i % inner;
        }
        return new Grouping(shape.with(axis, blocks), axis, block, groups);
    }

    /** Number of groups. */
    int count() {
        return count;
    }

    /** The group of an element. */
    int of(int element) {
        return groups[element];
    }

    /** The numbers of each group. */
    float[][] split(float[] values) {
        int[] sizes = new int[count];
        for (int group : groups) {
            sizes[group]++;
        }
        float[][] parts = new float[count][];
        for (int group = 0; group < count; group++) {
            parts[group] = new float[sizes[group]];
        }
        int[] next = new int[count];
        for (int i = 0; i < values.length; i++) {
            int group = groups[i];
            parts[group][next[group]++] = values[i];
        }
        return parts;
    }

    /** A scale for each group. */
    Coded.Scales scales(float[] values) {
        return new Coded.Scales(Tensor.of(scaleShape, values), axis, block);
    }
}

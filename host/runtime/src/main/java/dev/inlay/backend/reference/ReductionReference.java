// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import dev.inlay.graph.Reduction;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Folds along axes. Floats fold in double and are rounded once; integers wrap around in their type's bits, and their
 * mean is cut towards zero.
 */
final class ReductionReference {
    private ReductionReference() {}

    static Tensor evaluate(Reduction reduction, Tensor x, Shape output) {
        return switch (reduction) {
            case Reduction.Reduce reduce -> reduce(reduce, x, output);
            case Reduction.ArgMax argMax -> argMax(x, x.shape().normalise(argMax.axis()), output);
        };
    }

    private static Tensor reduce(Reduction.Reduce reduce, Tensor x, Shape output) {
        Tensor result = Tensor.allocate(x.type(), output);
        int[] target = targets(x.shape(), reduce.axes());
        int count = Math.toIntExact(output.elements());
        long folded = count == 0 ? 0 : x.elements() / count;
        if (x.type().isFloating()) {
            double[] folds = new double[count];
            Arrays.fill(folds, start(reduce.kind()));
            for (int i = 0; i < target.length; i++) {
                folds[target[i]] = fold(reduce.kind(), folds[target[i]], x.getDouble(i));
            }
            for (int i = 0; i < count; i++) {
                result.set(i, reduce.kind() == Reduction.Fold.MEAN ? folds[i] / folded : folds[i]);
            }
        } else {
            if (folded == 0 && reduce.kind() != Reduction.Fold.SUM && reduce.kind() != Reduction.Fold.PROD) {
                throw new IllegalArgumentException("got no integer to fold in " + x.shape() + ", expected one or more");
            }
            long[] folds = new long[count];
            Arrays.fill(folds, startOfIntegers(reduce.kind()));
            for (int i = 0; i < target.length; i++) {
                folds[target[i]] = fold(reduce.kind(), folds[target[i]], x.getLong(i));
            }
            for (int i = 0; i < count; i++) {
                result.setLong(i, reduce.kind() == Reduction.Fold.MEAN ? folds[i] / folded : folds[i]);
            }
        }
        return result;
    }

    /** For each element of {@code shape}, the row-major index of the result it folds into. */
    private static int[] targets(Shape shape, List<Integer> axes) {
        Shape kept = shape;
        for (int axis : axes) {
            kept = kept.with(axis, 1);
        }
        return Arrays.stream(BroadcastOffsets.of(kept, shape))
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    private static double start(Reduction.Fold kind) {
        return switch (kind) {
            case SUM, MEAN -> 0;
            case MAX -> Double.NEGATIVE_INFINITY;
            case MIN -> Double.POSITIVE_INFINITY;
            case PROD -> 1;
        };
    }

    private static long startOfIntegers(Reduction.Fold kind) {
        return switch (kind) {
            case SUM, MEAN -> 0;
            case MAX -> Long.MIN_VALUE;
            case MIN -> Long.MAX_VALUE;
            case PROD -> 1;
        };
    }

    private static double fold(Reduction.Fold kind, double folded, double next) {
        return switch (kind) {
            case SUM, MEAN -> folded + next;
            case MAX -> Math.max(folded, next);
            case MIN -> Math.min(folded, next);
            case PROD -> folded * next;
        };
    }

    private static long fold(Reduction.Fold kind, long folded, long next) {
        return switch (kind) {
            case SUM, MEAN -> folded + next;
            case MAX -> Math.max(folded, next);
            case MIN -> Math.min(folded, next);
            case PROD -> folded * next;
        };
    }

    private static Tensor argMax(Tensor x, int axis, Shape output) {
        Tensor result = Tensor.allocate(ElementType.INT64, output);
        long count = x.shape().extent(axis);
        long inner = x.shape().elements(axis + 1, x.shape().rank());
        if (count == 0 && result.elements() > 0) {
            throw new IllegalArgumentException("got an extent of 0 along axis " + axis + ", expected at least 1");
        }
        for (long i = 0; i < result.elements(); i++) {
            long first = i / inner * count * inner + i % inner;
            long best = 0;
            for (long k = 1; k < count; k++) {
                if (exceeds(x, first + k * inner, first + best * inner)) {
                    best = k;
                }
            }
            result.setLong(i, best);
        }
        return result;
    }

    private static boolean exceeds(Tensor x, long left, long right) {
        return x.type().isFloating() ? x.getDouble(left) > x.getDouble(right) : x.getLong(left) > x.getLong(right);
    }
}

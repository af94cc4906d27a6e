// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import dev.inlay.backend.reference.StridedCopy.View;
import dev.inlay.graph.Move;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;

/** Copies elements of any type to their new places. */
final class MoveReference {
    private MoveReference() {}

    static Tensor evaluate(Move move, Operands inputs, Shape output) {
        Tensor x = inputs.at(0);
        Tensor result = Tensor.allocate(x.type(), output);
        switch (move) {
            case Move.Reshape reshape -> result.data().copyFrom(x.data());
            case Move.Transpose transpose -> {
                long[] strides = x.shape().strides();
                long[] permuted = transpose.order().stream()
                        .mapToLong(axis -> strides[axis])
                        .toArray();
                new StridedCopy(output, new View(x, 0, permuted), View.of(result)).run();
            }
            case Move.Concat concat -> concat(output.normalise(concat.axis()), inputs, result);
            case Move.Pad pad -> pad(pad, x, result);
        }
        return result;
    }

    private static void concat(int axis, Operands inputs, Tensor result) {
        long[] strides = result.shape().strides();
        long offset = 0;
        for (int input = 0; input < inputs.tensors().size(); input++) {
            Tensor part = inputs.at(input, result.type());
            new StridedCopy(part.shape(), View.of(part), new View(result, offset, strides)).run();
            offset += part.shape().extent(axis) * strides[axis];
        }
    }

    private static void pad(Move.Pad pad, Tensor x, Tensor result) {
        for (long i = 0; i < result.elements(); i++) {
            result.set(i, pad.value());
        }
        long[] strides = result.shape().strides();
        long offset = 0;
        for (int axis = 0; axis < strides.length; axis++) {
            offset += pad.before().get(axis) * strides[axis];
        }
        new StridedCopy(x.shape(), View.of(x), new View(result, offset, strides)).run();
    }
}

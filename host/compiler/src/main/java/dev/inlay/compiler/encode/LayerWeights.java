// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;

/**
 * The weights of one contraction, as encoders see them.
 *
 * @param tensor FLOAT32, at least one element, all of them finite
 * @param outputAxis the axis of the output channels
 * @param inputAxis the axis of the input channels, along which blocks lie
 */
public record LayerWeights(Tensor tensor, int outputAxis, int inputAxis) {
    public LayerWeights {
        if (tensor.type() != ElementType.FLOAT32 || tensor.elements() == 0) {
            throw new IllegalArgumentException("weights: got " + tensor.type() + " " + tensor.shape()
                    + ", expected FLOAT32 and at least one element");
        }
        int rank = tensor.shape().rank();
        if (Math.min(outputAxis, inputAxis) < 0 || Math.max(outputAxis, inputAxis) >= rank) {
            throw new IllegalArgumentException(
                    "weights: got axes " + outputAxis + " and " + inputAxis + ", expected axes of " + tensor.shape());
        }
        for (long i = 0; i < tensor.elements(); i++) {
            if (!Float.isFinite(tensor.getFloat(i))) {
                throw new IllegalArgumentException(
                        "weights: got " + tensor.getFloat(i) + " at element " + i + ", expected finite numbers");
            }
        }
    }

    Shape shape() {
        return tensor.shape();
    }

    /** The weights, row-major. */
    float[] values() {
        return tensor.toFloats();
    }

    /** Number of output channels. */
    public int outputs() {
        return shape().size(outputAxis);
    }
}

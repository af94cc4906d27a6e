// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.shape;

import dev.inlay.graph.Contraction;

/**
 * Where the weights of a layer have its channels.
 *
 * @param output axis of the output channels
 * @param input axis of what is contracted, of one group
 */
record LayerAxes(int output, int input) {
    static LayerAxes of(Contraction op) {
        return switch (op) {
            case Contraction.Conv conv -> new LayerAxes(0, 1);
            case Contraction.Gemm gemm -> gemm.transposeB() ? new LayerAxes(0, 1) : new LayerAxes(1, 0);
            case Contraction.MatMul matMul -> new LayerAxes(1, 0);
        };
    }
}

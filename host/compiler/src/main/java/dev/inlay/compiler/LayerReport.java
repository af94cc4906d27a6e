// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * What became of one layer of the network as it was. Where two layers of low rank came of it, all that is said of after
 * is of both together; weights and outputs of channels that were removed are zero.
 *
 * @param node its name
 * @param method the methods that changed it, behind commas: those of its shape, of its weights, and of the activations
 *     it reads; {@code float} where none did
 * @param params the parameters of each: {@code filters}, {@code factorise}, {@code weights} and {@code activations};
 *     {@code firstWeights} are those of the first of two layers of low rank
 * @param error how far it is from what it was
 * @param bytesBefore bytes of its float weights and bias
 * @param bytesAfter bytes of its codes, scales and bias
 * @param opsBefore operations of one run, a multiply-add being 2
 * @param opsAfter the same, codes that are zero being no operation, each term of a sum of bases a contraction
 */
public record LayerReport(
        String node,
        String method,
        Map<String, Map<String, Object>> params,
        LayerError error,
        long bytesBefore,
        long bytesAfter,
        long opsBefore,
        long opsAfter) {
    /**
     * The error of the weights, and of the layer's output on calibration data with all layers before it approximated.
     *
     * @param max the largest absolute difference of a weight
     * @param mse the mean squared difference of the weights
     * @param sqnrDb signal over quantisation noise of the weights, in dB; absent where there is no noise
     * @param outputSqnrDb the same of the layer's output; absent where it was not measured
     */
    public record LayerError(double max, double mse, OptionalDouble sqnrDb, OptionalDouble outputSqnrDb) {}
}

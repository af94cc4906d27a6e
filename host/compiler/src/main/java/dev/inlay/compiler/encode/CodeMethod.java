// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Encoded;
import java.util.Map;

/** A way to hold weights as codes. */
public sealed interface CodeMethod extends WeightMethod
        permits FixedPoint,
                Affine,
                BlockFloatWeights,
                DoReFa,
                Binary,
                MultiBase,
                Ternary,
                TrainedTernary,
                Logarithmic,
                IncrementalPowers,
                Codebook {
    @Override
    Coded encode(LayerWeights weights);

    /** Its parameters by the names recipes give them, and what was chosen for these codes. */
    Map<String, Object> parameters(Coded chosen);

    @Override
    default Map<String, Object> parameters(Encoded chosen) {
        return parameters((Coded) chosen);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.encoding.Quantizer;
import dev.inlay.tensor.ElementType;

/**
 * What an integer value of a file stands for: the codes that a quantizer gives the numbers of a FLOAT32 value of the
 * graph. The graph computes with the numbers; it has the codes only where they leave it or something computes with them.
 *
 * @param source the FLOAT32 value
 * @param by the quantizer
 * @param type of the codes, INT32 for those of 16 bits
 * @param projected whether every number of the source is one that the quantizer gives
 * @param node name of the node that makes it so
 */
record Codes(String source, Quantizer.Uniform by, ElementType type, boolean projected, String node) {
    Codes projectedAs(String value) {
        return new Codes(value, by, type, true, node);
    }

    /** Codes that a node of the file cuts to fewer levels. */
    Codes cutTo(Quantizer.Uniform narrower, String cutter) {
        return new Codes(source, narrower, type, false, projected ? cutter : node);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.inlay.encoding.Levels;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/** The levels of a QONNX quantiser: Quant of so many bits, or BipolarQuant where they are of 1 bit and signed. */
record QonnxForm(int bits, boolean signed, boolean narrow, int zero) {
    static final String DOMAIN = "qonnx.custom_op.general";
    static final int VERSION = 1;
    private static final int MOST_BITS = 16;

    /**
     * The form of codes that stand for themselves less a zero point; empty where QONNX has not the levels.
     *
     * @param zero the zero point
     */
    static Optional<QonnxForm> of(Levels levels, int zero) {
        if (levels.equals(Levels.Odd.BINARY)) {
            return Optional.of(new QonnxForm(1, true, false, 0));
        }
        if (!(levels instanceof Levels.Integers range) || range.bits() > MOST_BITS) {
            return Optional.empty();
        }
        int bits = range.bits();
        int all = 1 << bits;
        if (range.low() == 0 && (range.high() == all - 1 || (bits > 1 && range.high() == all - 2))) {
            return Optional.of(new QonnxForm(bits, false, range.high() == all - 2, zero));
        }
        boolean narrow = range.low() == 1 - all / 2;
        return bits > 1 && range.high() == all / 2 - 1 && (narrow || range.low() == -all / 2)
                ? Optional.of(new QonnxForm(bits, true, narrow, zero))
                : Optional.empty();
    }

    /** The form of weights, whose codes have no zero point but may come of such as have. */
    static Optional<QonnxForm> ofWeights(Levels levels) {
        return of(levels, 0)
                .or(() -> levels instanceof Levels.Integers range && range.low() < 0 && range.bits() <= MOST_BITS
                        ? of(new Levels.Integers(0, range.high() - range.low()), -range.low())
                        : Optional.empty());
    }

    /**
     * Writes the quantiser.
     *
     * @param scales of a shape that broadcasts to the value
     */
    void write(FileGraph file, String name, String from, Tensor scales, String output) {
        String scale = file.constant(output + "/scale", scales);
        file.useQonnx();
        if (bits == 1 && signed) {
            file.add(FileGraph.node(name, "BipolarQuant", List.of(from, scale), output)
                    .setDomain(DOMAIN));
            return;
        }
        String point = file.constant(output + "/zero", Tensor.of(Shape.SCALAR, (float) zero));
        String width = file.constant(output + "/bits", Tensor.of(Shape.SCALAR, (float) bits));
        NodeProto.Builder node = FileGraph.node(name, "Quant", List.of(from, scale, point, width), output)
                .setDomain(DOMAIN)
                .addAttribute(AttributeWriter.of("signed", signed ? 1 : 0))
                .addAttribute(AttributeWriter.of("narrow", narrow ? 1 : 0))
                .addAttribute(AttributeWriter.of("rounding_mode", "ROUND"));
        file.add(node);
    }
}

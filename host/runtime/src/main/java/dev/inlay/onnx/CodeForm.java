// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.encoding.Coded.Scales;
import dev.inlay.encoding.Levels;
import java.util.Optional;

/**
 * How ONNX's own operators say whole levels.
 *
 * @param type of the codes in the file
 * @param zero added to the graph's codes
 * @param range of the graph's codes
 */
record CodeForm(CodeType type, int zero, Levels.Integers range) {
    /** The form of activations; empty where only a function can say the levels. */
    static Optional<CodeForm> ofActivations(Levels levels) {
        if (!(levels instanceof Levels.Integers range)) {
            return Optional.empty();
        }
        for (CodeType type : new CodeType[] {CodeType.INT8, CodeType.UINT8, CodeType.INT16, CodeType.UINT16}) {
            CodeForm form = new CodeForm(type, 0, range);
            if (form.fits() && (!form.isCut() || !type.isWidened())) {
                return Optional.of(form);
            }
        }
        return Optional.empty();
    }

    /** The form of a term of weights; empty where a function says it, or says it in fewer bits. */
    static Optional<CodeForm> ofWeights(Levels levels, Scales scales) {
        if (!(levels instanceof Levels.Integers range) || range.high() - range.low() < 3) {
            return Optional.empty();
        }
        int shift = Math.max(0, -range.low());
        for (CodeForm form : new CodeForm[] {
            new CodeForm(CodeType.INT4, 0, range),
            new CodeForm(CodeType.UINT4, shift, range),
            new CodeForm(CodeType.INT8, 0, range),
            new CodeForm(CodeType.UINT8, shift, range),
            new CodeForm(CodeType.INT16, 0, range),
            new CodeForm(CodeType.UINT16, shift, range)
        }) {
            boolean mayBeCut = !form.type().isWidened() && !scales.isBlocked();
            if (form.fits() && (!form.isCut() || mayBeCut)) {
                return Optional.of(form);
            }
        }
        return Optional.empty();
    }

    private boolean fits() {
        return range.low() + zero >= type.range().low()
                && range.high() + zero <= type.range().high();
    }

    /** Whether the type has codes that the levels have not. */
    boolean isCut() {
        return range.low() + zero > type.range().low()
                || range.high() + zero < type.range().high();
    }

    /** Whether a type has the levels, no more and no fewer. */
    static boolean fillsType(Optional<CodeForm> form) {
        return form.filter(found -> !found.isCut()).isPresent();
    }

    /** The first version of ONNX's operator set that has the form. */
    int opset() {
        return type.isWidened() ? InlayFunction.OPSET : 0;
    }
}

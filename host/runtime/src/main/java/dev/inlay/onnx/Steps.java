// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Coded.Scales;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/**
 * Scales and zero points that a file gives codes: {@code real = scale * (code - zero)}.
 *
 * @param scales one, one for each index of an axis, or one for each block of an axis
 * @param zeros as many as scales; absent where they are all 0
 */
record Steps(Scales scales, Optional<Tensor> zeros) {
    /**
     * The steps at two inputs of a node, which must be constants.
     *
     * @param scale position of the scales
     * @param zero position of the zero points
     * @param axis along which they lie, where there are several
     * @param block indices that share one; 0 for one an index
     */
    static Steps of(OnnxNode node, int scale, int zero, Shape shape, int axis, int block) {
        Tensor values = node.constant(scale)
                .orElseThrow(() -> node.unsupported("got a scale computed at run time, expected a constant"));
        if (values.type() != ElementType.FLOAT32) {
            throw node.unsupported("got scales of " + values.type() + ", expected FLOAT32");
        }
        if (values.elements() == 0) {
            throw new IllegalArgumentException("got no scales, expected at least one");
        }
        Scales scales;
        if (values.elements() == 1
                && (block == 0 || shape.rank() != values.shape().rank())) {
            scales = Scales.of(values.getFloat(0));
        } else {
            boolean vector = block == 0 && values.shape().rank() != 1;
            Tensor listed = vector ? values.reshaped(Shape.of(values.elements())) : values;
            scales = new Scales(listed, shape.normalise(axis), block);
            scales.requireFits(shape);
        }
        if (!node.has(zero)) {
            return new Steps(scales, Optional.empty());
        }
        Tensor zeros = node.constant(zero)
                .orElseThrow(() -> node.unsupported("got a zero point computed at run time, expected a constant"));
        if (zeros.type().isFloating() || zeros.elements() != values.elements()) {
            throw new IllegalArgumentException("got zero points " + zeros.type() + " " + zeros.shape() + " for scales "
                    + values.shape() + ", expected as many integers");
        }
        return new Steps(scales, Optional.of(zeros));
    }

    private long zero(long place) {
        return zeros.map(tensor -> tensor.getLong(place)).orElse(0L);
    }

    /** The quantizer of a value computed at run time; empty where it would take several scales. */
    Optional<Quantizer.Uniform> uniform(Levels.Integers levels) {
        return scales.isOne()
                ? Optional.of(new Quantizer.Uniform(levels, scales.values().getFloat(0), (int) zero(0)))
                : Optional.empty();
    }

    /** The codes of FLOAT32 numbers: rounded halves to even and cut to the range. */
    void quantize(Tensor reals, Tensor codes, Levels.Integers range) {
        for (long i = 0; i < reals.elements(); i++) {
            long place = scales.place(reals.shape(), i);
            float steps = reals.getFloat(i) / scales.values().getFloat(place);
            double rounded = Float.isNaN(steps) ? 0 : Math.rint((double) steps);
            codes.setLong(i, (long) Math.clamp(rounded + zero(place), range.low(), range.high()));
        }
    }

    /** Weights of these codes, each less its zero point. */
    Coded encoded(Tensor codes, Levels.Integers range, Scope scope) {
        long least = zero(0);
        long most = zero(0);
        for (long place = 0; place < scales.values().elements(); place++) {
            least = Math.min(least, zero(place));
            most = Math.max(most, zero(place));
        }
        Levels.Integers levels =
                new Levels.Integers(Math.toIntExact(range.low() - most), Math.toIntExact(range.high() - least));
        boolean small = true;
        boolean shifted = least != 0 || most != 0;
        for (long i = 0; i < codes.elements() && small; i++) {
            long code = codes.getLong(i) - (shifted ? zero(scales.place(codes.shape(), i)) : 0);
            small = code == (byte) code;
        }
        ElementType type = small ? ElementType.INT8 : ElementType.INT32;
        if (!shifted && codes.type() == type) {
            return new Coded(codes.shape(), List.of(new Coded.Term(levels, codes, scales)));
        }
        Tensor result = scope.allocateCodes(type, codes.shape());
        for (long i = 0; i < codes.elements(); i++) {
            result.setLong(i, codes.getLong(i) - (shifted ? zero(scales.place(codes.shape(), i)) : 0));
        }
        return new Coded(codes.shape(), List.of(new Coded.Term(levels, result, scales)));
    }

    /** The numbers that codes of INT32 stand for. */
    Tensor decode(Tensor codes) {
        Tensor result = Tensor.allocate(ElementType.FLOAT32, codes.shape());
        for (long i = 0; i < codes.elements(); i++) {
            long place = scales.place(codes.shape(), i);
            float real =
                    (float) (codes.getLong(i) - zero(place)) * scales.values().getFloat(place);
            result.data().setAtIndex(ValueLayout.JAVA_FLOAT, i, real);
        }
        return result;
    }
}

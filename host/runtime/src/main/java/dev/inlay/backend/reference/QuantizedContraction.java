// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import dev.inlay.graph.Contraction;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * Contractions of unsigned 8-bit activations and signed 8-bit weights, bit for bit as a device computes them:
 * {@link #sums} in integers, {@link #scaled} in single float steps, {@link #codes} back to 8 bits.
 */
public final class QuantizedContraction {
    private QuantizedContraction() {}

    /**
     * Codes that are added to the scaled sums.
     *
     * @param codes UINT8 of the output's shape
     * @param multiplier the residual's scale over the output's
     * @param zeroPoint the code of zero, 0 to 255
     */
    public record Residual(Tensor codes, float multiplier, int zeroPoint) {
        public Residual {
            requireType("residual", codes, ElementType.UINT8);
        }
    }

    /**
     * {@code Σ (a - zeroPoint) w + bias}; padding contributes nothing.
     *
     * @param op which contraction; its epilogue and a Gemm's alpha and beta are ignored
     * @param activations UINT8, as the operator's input 0
     * @param zeroPoint the code of zero in the activations, 0 to 255
     * @param weights INT8, as the operator's input 1, zero point 0
     * @param bias INT32, one for each output channel
     * @param output the output's shape
     * @return INT32 of the output's shape
     * @throws IllegalArgumentException if a type or the number of biases differs
     * @throws ArithmeticException if a sum does not fit 32 bits
     */
    public static Tensor sums(
            Contraction op, Tensor activations, int zeroPoint, Tensor weights, Optional<Tensor> bias, Shape output) {
        requireType("activations", activations, ElementType.UINT8);
        requireType("weights", weights, ElementType.INT8);
        // Every sum stays far below 2^53, so double holds it exactly.
        double[] sums =
                new ContractionSums(op, shifted(activations, zeroPoint), shifted(weights, 0), output, false).compute();
        long channels = channels(op, output);
        long inner = inner(op, output);
        bias.ifPresent(tensor -> {
            requireType("bias", tensor, ElementType.INT32);
            require(
                    tensor.elements() == channels,
                    "bias: got " + tensor.elements() + " elements, expected " + channels);
        });
        Tensor result = Tensor.allocate(ElementType.INT32, output);
        for (int i = 0; i < sums.length; i++) {
            long channel = i / inner % channels;
            long sum = (long) sums[i] + (bias.isPresent() ? bias.orElseThrow().getLong(channel) : 0);
            if (sum != (int) sum) {
                throw new ArithmeticException("accumulator " + i + ": got " + sum + ", expected 32 bits");
            }
            result.setLong(i, sum);
        }
        return result;
    }

    /**
     * {@code (float) sum · M}, and {@code + (float) (r - zero) · MR} where there is a residual; each step rounded to
     * float, none fused.
     *
     * @param op which contraction the sums come from; its epilogue is ignored
     * @param sums INT32
     * @param multipliers M: one, or one for each output channel
     * @return FLOAT32 of the sums' shape
     */
    public static Tensor scaled(Contraction op, Tensor sums, float[] multipliers, Optional<Residual> residual) {
        requireType("sums", sums, ElementType.INT32);
        Shape shape = sums.shape();
        long channels = channels(op, shape);
        long inner = inner(op, shape);
        require(
                multipliers.length == 1 || multipliers.length == channels,
                "multipliers: got " + multipliers.length + ", expected 1 or " + channels);
        residual.ifPresent(added -> require(
                added.codes().shape().equals(shape),
                "residual: got shape " + added.codes().shape() + ", expected " + shape));
        Tensor result = Tensor.allocate(ElementType.FLOAT32, shape);
        for (long i = 0; i < sums.elements(); i++) {
            int sum = sums.data().getAtIndex(ValueLayout.JAVA_INT, i);
            float value = (float) sum * multipliers[multipliers.length == 1 ? 0 : (int) (i / inner % channels)];
            if (residual.isPresent()) {
                Residual added = residual.orElseThrow();
                int code = (int) added.codes().getLong(i) - added.zeroPoint();
                float term = (float) code * added.multiplier();
                value += term;
            }
            result.data().setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
        }
        return result;
    }

    /**
     * {@code clamp(round(value) + zeroPoint, low, 255)}, halves rounded to even; NaN counts as 0.
     *
     * @param scaled FLOAT32
     * @param zeroPoint the code of zero, 0 to 255
     * @param low the lowest code, 0 to 255: {@code zeroPoint} clamps like a rectifier
     * @return UINT8 of the same shape
     */
    public static Tensor codes(Tensor scaled, int zeroPoint, int low) {
        requireType("scaled", scaled, ElementType.FLOAT32);
        Tensor result = Tensor.allocate(ElementType.UINT8, scaled.shape());
        for (long i = 0; i < scaled.elements(); i++) {
            long code = (long) (int) Math.rint((double) scaled.getFloat(i)) + zeroPoint;
            result.setLong(i, Math.clamp(code, low, 255));
        }
        return result;
    }

    /** Channels lie along axis 1 of an image and along the last axis of a matrix. */
    private static long channels(Contraction op, Shape output) {
        return switch (op) {
            case Contraction.Conv conv -> output.extent(1);
            case Contraction.Gemm gemm -> output.extent(-1);
            case Contraction.MatMul matMul -> output.extent(-1);
        };
    }

    /** Elements from one channel to the next. */
    private static long inner(Contraction op, Shape output) {
        return switch (op) {
            case Contraction.Conv conv -> output.elements(2, 4);
            case Contraction.Gemm gemm -> 1;
            case Contraction.MatMul matMul -> 1;
        };
    }

    private static Tensor shifted(Tensor codes, int zeroPoint) {
        Tensor result = Tensor.allocate(ElementType.FLOAT32, codes.shape());
        for (long i = 0; i < codes.elements(); i++) {
            result.data().setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (codes.getLong(i) - zeroPoint));
        }
        return result;
    }

    private static void requireType(String what, Tensor tensor, ElementType type) {
        require(tensor.type() == type, what + ": got type " + tensor.type() + ", expected " + type);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}

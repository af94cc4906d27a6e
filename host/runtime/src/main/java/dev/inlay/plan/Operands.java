// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.Packing;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Function;
import dev.inlay.graph.IntegerForm;
import dev.inlay.graph.Node;
import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the launch of a contraction reads and writes, and the numbers its epilogue works with.
 *
 * @param form the integers it computes; empty if it computes in floats
 * @param x how it reads the activations
 * @param r how it reads the residual, where there is one
 * @param y how it writes its output; {@link Held#REAL} also where that is made into codes afterwards
 */
record Operands(Optional<IntegerForm> form, Held x, Held r, Held y) {
    private static final int LEAST_BYTE = -128;
    private static final int MOST_BYTE = 127;

    /**
     * Bytes by bytes where activations and weights are held so, floats otherwise.
     *
     * @param groups of a convolution
     * @param channels contracted channels of a group
     */
    static Operands of(Draft draft, String device, Node node, int groups, int channels) {
        Held x = draft.held(node.input(0), device);
        Held y = draft.held(node.output(), device);
        // A group starts at a word of the activations, and a code of the output may be any byte.
        Optional<IntegerForm> form = IntegerForm.of(draft.graph(), node)
                .filter(integers -> isByte(x) && areBytes(integers))
                .filter(integers -> groups == 1 || channels % x.format().lanes() == 0 || channels == 1)
                .filter(integers -> integers.y().isEmpty() || (isByte(y) && y.low() == 0 && y.high() == 255));
        boolean steps = form.flatMap(IntegerForm::y).isPresent();
        Held residual = steps && form.flatMap(IntegerForm::residual).isPresent()
                ? draft.held(node.input(3), device)
                : Held.REAL;
        return new Operands(form, form.isPresent() ? x : Held.REAL, residual, steps ? y : Held.REAL);
    }

    private static boolean isByte(Held held) {
        return held.format().equals(NumberFormat.U8);
    }

    private static boolean areBytes(IntegerForm form) {
        for (long i = 0; i < form.levels().elements(); i++) {
            long level = form.levels().getLong(i);
            if (level < LEAST_BYTE || level > MOST_BYTE) {
                return false;
            }
        }
        return true;
    }

    NumberFormat weights() {
        return form.isPresent() ? NumberFormat.S8 : NumberFormat.F32;
    }

    /** The carrier that does the sums. */
    String carrier() {
        return form.isPresent() ? "u8s8" : "f32";
    }

    /** Channels as the kernel reads them: whole words. */
    int padded(int channels) {
        int lanes = x.format().lanes();
        return Math.ceilDiv(channels, lanes) * lanes;
    }

    /** Room for the output. */
    Stored define(Draft draft, String device, Node node) {
        return y.isReal() ? draft.defineReal(node.output(), device) : draft.define(node.output(), device);
    }

    /** Makes the node's value of what was written, where that is not it already. */
    void finish(Draft draft, Node node, Stored written) {
        if (y.isReal()) {
            draft.finish(node.output(), written);
        }
    }

    /** Bias and scale, packed for panels of {@code width} channels, and the scalars of the epilogue. */
    void addTo(
            LaunchBuilder launch,
            Draft draft,
            String device,
            Node node,
            Contraction op,
            int groups,
            int outputs,
            int width,
            float biasFactor) {
        Function activation = form.map(integers -> integers.activation(op))
                .orElse(op.epilogue().activation());
        launch.set("act_a", activation.alpha())
                .set("act_b", activation.beta())
                .set("y_zero", y.zero())
                .set("y_low", y.low())
                .set("y_high", y.high())
                .set("r_zero", r.zero())
                .set("r_scale", form.map(IntegerForm::residualStep).orElse(1f));
        if (form.isEmpty()) {
            int bias = draft.pack(
                    device,
                    new Packing.PanelVector(
                            node.hasInput(2) ? node.input(2) : "",
                            NumberFormat.F32,
                            groups,
                            outputs,
                            width,
                            biasFactor));
            launch.packed("bias", bias).packed("scale", bias);
            return;
        }
        launch.define("CARRIER", carrier())
                .define("Y_FORMAT", y.format())
                .packed(
                        "bias",
                        draft.pack(
                                device,
                                new Packing.Numbers(NumberFormat.S32, bias(form.get(), op), groups, outputs, width)))
                .packed(
                        "scale",
                        draft.pack(
                                device,
                                new Packing.Numbers(
                                        NumberFormat.F32, multipliers(form.get()), groups, outputs, width)));
    }

    /** The bias, less what the zero point of the activations adds to every sum. */
    private List<Double> bias(IntegerForm integers, Contraction op) {
        int[] bias = integers.bias();
        long[] sums = new long[bias.length];
        Shape shape = integers.levels().shape();
        long inner = shape.elements(IntegerForm.outputAxis(op) + 1, shape.rank());
        for (long i = 0; i < integers.levels().elements(); i++) {
            sums[(int) (i / inner % bias.length)] += integers.levels().getLong(i);
        }
        List<Double> corrected = new ArrayList<>();
        for (int channel = 0; channel < bias.length; channel++) {
            corrected.add((double) (bias[channel] - x.zero() * sums[channel]));
        }
        return corrected;
    }

    private static List<Double> multipliers(IntegerForm integers) {
        List<Double> multipliers = new ArrayList<>();
        for (float multiplier : integers.multipliers()) {
            multipliers.add((double) multiplier);
        }
        return multipliers;
    }
}

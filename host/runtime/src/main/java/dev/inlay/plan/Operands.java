// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Occupancy;
import dev.inlay.encoding.Packing;
import dev.inlay.encoding.WeightsShape;
import dev.inlay.graph.CodedForm;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.FoldedForm;
import dev.inlay.graph.Function;
import dev.inlay.graph.IntegerForm;
import dev.inlay.graph.Node;
import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What the launches of a contraction read and write, and the numbers their epilogues work with.
 *
 * @param pairing the formats of the operands
 * @param r how the residual is read, where there is one
 * @param y how the output is written; {@link Held#REAL} also where that is made into codes afterwards
 * @param counts whether what is written counts the output's steps and becomes its codes afterwards
 */
record Operands(Pairing pairing, Held r, Held y, boolean counts) {
    static Operands of(Draft draft, String device, Node node) {
        Pairing pairing = draft.pairing(node);
        Held y = draft.held(node.output(), device);
        CodedForm.Coding coding = pairing.form()
                .map(CodedForm::coding)
                .filter(any -> any.y().isPresent())
                .orElse(null);
        if (coding == null) {
            return new Operands(pairing, Held.REAL, Held.REAL, false);
        }
        if (pairing.depthwise()) {
            return depthwise(draft, device, node, pairing, y, coding);
        }
        Held r = coding.residual()
                .map(quantizer -> {
                    Held held = draft.held(node.input(3), device);
                    return held.isArithmetic() ? held : Held.halves(quantizer);
                })
                .orElse(Held.REAL);
        boolean direct = !y.isReal() && rootsFit(pairing, y);
        return direct ? new Operands(pairing, r, y, false) : new Operands(pairing, r, Held.REAL, true);
    }

    /** The depthwise kernel holds the residual as it does the output. */
    private static Operands depthwise(
            Draft draft, String device, Node node, Pairing pairing, Held y, CodedForm.Coding coding) {
        if (coding.residual().isEmpty()) {
            boolean direct = y.isArithmetic() && !y.odd();
            return new Operands(pairing, Held.REAL, direct ? y : Held.REAL, !direct);
        }
        Held r = draft.held(node.input(3), device);
        boolean alike = r.format().equals(y.format()) && y.isArithmetic();
        return alike
                ? new Operands(pairing, r, y, false)
                : new Operands(
                        pairing,
                        Held.halves(coding.residual().get()),
                        Held.halves(coding.y().get()),
                        false);
    }

    /** One program has one root: of the operands' exponents and of the output's. */
    private static boolean rootsFit(Pairing pairing, Held y) {
        boolean root = pairing.defines().containsKey("ROOT");
        return y.format().kind() != NumberFormat.Kind.LOGARITHMIC
                || !pairing.carrier().equals("shift")
                || root == (y.root() == 2);
    }

    /** Launches one after the other that add up the terms of the weights. */
    int passes() {
        return Math.max(1, pairing.terms());
    }

    /** What the launches before the last write and add up, in floats; empty where one launch does it all. */
    Optional<Stored> sums(Draft draft, String device, Node node) {
        return passes() > 1 && !y.isReal() ? Optional.of(draft.defineReal(node.output(), device)) : Optional.empty();
    }

    /** The operands of one of several passes: sums of the terms so far are floats, the last pass stores the output. */
    Operands of(int pass) {
        boolean last = pass == passes() - 1;
        return passes() == 1 ? this : new Operands(pairing, pass == 0 ? r : Held.REAL, last ? y : Held.REAL, counts);
    }

    /** The carrier that does the sums. */
    String carrier() {
        return pairing.carrier();
    }

    /** Channels of a group as the kernel reads them: whole runs. */
    int padded(int channels) {
        return Math.ceilDiv(channels, pairing.lanes()) * pairing.lanes();
    }

    /** Whether the blocks of neighbouring taps stay the same when the taps are contracted as one. */
    boolean mergesTaps(int channels) {
        String block = pairing.defines().get("BLOCK");
        return block == null || channels % Integer.parseInt(block) == 0;
    }

    /** The weights of a pass. */
    Packing panels(Node node, Contraction op, int pass, WeightsShape shape, Tile tile, Optional<Occupancy> kept) {
        return new Packing.Panels(
                node.input(1),
                pass,
                pairing.pair(),
                shape,
                tile.vectors(),
                tile.lanes(),
                pairing.terms() == 0 ? (float) CodedForm.alpha(op) : 1,
                kept);
    }

    /** Room for the output. */
    Stored define(Draft draft, String device, Node node) {
        return draft.define(node.output(), device, y, counts);
    }

    /** Makes the node's value of what was written, where that is not it already. */
    void finish(Draft draft, Node node, Stored written) {
        draft.finish(node.output(), written, counts);
    }

    /** Formats, carrier and scalars. */
    void addTo(LaunchBuilder launch, Contraction op) {
        Optional<CodedForm.Coding> coding = pairing.form().map(CodedForm::coding);
        Function activation =
                coding.map(any -> any.activation(op)).orElse(op.epilogue().activation());
        launch.set("act_a", activation.alpha())
                .set("act_b", activation.beta())
                .set("y_zero", y.zero())
                .set("y_low", y.low())
                .set("y_high", y.high())
                .set("r_zero", r.zero())
                .set("r_scale", coding.map(CodedForm.Coding::residualStep).orElse(1f));
        if (!pairing.carrier().equals("f32") || !y.isReal()) {
            launch.define("CARRIER", pairing.carrier()).define("Y_FORMAT", y.format());
        }
        if (pairing.terms() > 0 && !pairing.depthwise()) {
            launch.define("CARRIER", pairing.carrier())
                    .define("X_FORMAT", pairing.x().format())
                    .define("W_FORMAT", pairing.w());
            pairing.defines().forEach(launch::define);
            if (y.odd() && y.format().isAddressable()) {
                launch.define("Y_ODD", 1);
            }
            if (y.root() == 2) {
                launch.define("ROOT", 2);
            }
        }
    }

    /**
     * Bias and scale of a pass, packed for panels of {@code width} channels.
     *
     * @param shape extents of the weights
     */
    void addVectors(
            LaunchBuilder launch,
            Draft draft,
            String device,
            Node node,
            Contraction op,
            int pass,
            WeightsShape shape,
            int width) {
        List<Double> bias;
        List<Double> scale;
        if (pairing.terms() == 0) {
            float factor = op instanceof Contraction.Gemm gemm ? gemm.beta() : 1;
            int packed = draft.pack(
                    device,
                    new Packing.PanelVector(
                            node.hasInput(2) ? node.input(2) : "",
                            NumberFormat.F32,
                            shape.groups(),
                            shape.outputs(),
                            width,
                            factor));
            launch.packed("bias", packed).packed("scale", packed);
            return;
        }
        int channels = shape.groups() * shape.outputs();
        switch (pairing.form().orElse(null)) {
            case IntegerForm integers -> {
                bias = bias(integers, op, pass, shape);
                scale = integers.parts().get(pass).multipliers().stream()
                        .map(Float::doubleValue)
                        .toList();
            }
            case FoldedForm folded -> {
                bias = new ArrayList<>();
                for (float each : folded.bias()) {
                    bias.add((double) each);
                }
                scale = Collections.nCopies(channels, (double) folded.multiplier());
            }
            case null -> {
                Coded encoded = draft.graph().coded(node.input(1)).orElseThrow();
                scale = scales(encoded.terms().get(pass).scales(), CodedForm.alpha(op), channels);
                bias = new ArrayList<>();
                for (int channel = 0; channel < channels; channel++) {
                    bias.add(pass > 0 ? 0 : bias(draft, node, op, channel) / scale.get(channel));
                }
            }
        }
        int scales = draft.pack(
                device, new Packing.Numbers(NumberFormat.F32, scale, shape.groups(), shape.outputs(), width));
        launch.packed(
                        "bias",
                        draft.pack(
                                device,
                                new Packing.Numbers(pairing.bias(), bias, shape.groups(), shape.outputs(), width)))
                .packed("scale", scales);
    }

    /** The numbers that the codes of a term name, packed; empty where codes name none. */
    Optional<Integer> table(Draft draft, String device, Node node, int pass) {
        if (pairing.w().kind() != NumberFormat.Kind.TABLE) {
            return Optional.empty();
        }
        Levels levels = draft.graph()
                .coded(node.input(1))
                .orElseThrow()
                .terms()
                .get(pass)
                .levels();
        int entries = Math.toIntExact(pairing.w().most() + 1);
        return Optional.of(draft.pack(device, new Packing.Table(((Levels.Table) levels).values(), entries)));
    }

    /** The scales of blocks, packed; empty where none have one. */
    Optional<Integer> blocks(Draft draft, String device, Node node, WeightsShape shape, int width) {
        if (!pairing.defines().containsKey("BLOCK")) {
            return Optional.empty();
        }
        int block = Integer.parseInt(pairing.defines().get("BLOCK"));
        return Optional.of(draft.pack(device, new Packing.PanelBlocks(node.input(1), 0, shape, block, width)));
    }

    private static double bias(Draft draft, Node node, Contraction op, int channel) {
        if (!node.hasInput(2)) {
            return 0;
        }
        Tensor bias = draft.graph().constant(node.input(2)).orElseThrow();
        double factor = op instanceof Contraction.Gemm gemm ? gemm.beta() : 1;
        return factor * bias.getFloat(bias.elements() == 1 ? 0 : channel);
    }

    private static List<Double> scales(Coded.Scales scales, double alpha, int channels) {
        List<Double> all = new ArrayList<>();
        for (int channel = 0; channel < channels; channel++) {
            boolean one = scales.isOne() || scales.isBlocked();
            float scale = scales.isBlocked() ? 1 : scales.values().getFloat(one ? 0 : channel);
            all.add(alpha * scale);
        }
        return all;
    }

    /** The bias, less what the zero point of the activations adds to every sum; of signs the length of the sums. */
    private List<Double> bias(IntegerForm integers, Contraction op, int pass, WeightsShape weights) {
        int channels = weights.groups() * weights.outputs();
        long[] bias = pass == 0 ? integers.bias() : new long[channels];
        Coded.Term term = integers.parts().get(pass).term();
        Shape shape = term.codes().shape();
        long inner = CodedForm.inner(shape, CodedForm.outputAxis(op));
        double[] sums = new double[channels];
        if (pairing.x().zero() != 0) {
            for (long i = 0; i < shape.elements(); i++) {
                sums[(int) (i / inner % channels)] +=
                        term.levels().level((int) term.codes().getLong(i));
            }
        }
        // Signs pad the channels of a tap with ones, and the activations pad them with their zero.
        boolean ones = pairing.readsPadding();
        double padding = ones ? (double) (padded(weights.channels()) - weights.channels()) * weights.taps() : 0;
        double length = pairing.x().format().equals(NumberFormat.B1) ? (double) shape.elements() / channels : 0;
        List<Double> corrected = new ArrayList<>();
        for (int channel = 0; channel < channels; channel++) {
            corrected.add(bias[channel] + length - pairing.x().zero() * (sums[channel] + padding));
        }
        return corrected;
    }
}

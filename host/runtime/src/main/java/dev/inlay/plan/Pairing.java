// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Levels;
import dev.inlay.encoding.OperandPair;
import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.CodedForm;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.FoldedForm;
import dev.inlay.graph.Graph;
import dev.inlay.graph.IntegerForm;
import dev.inlay.graph.Node;
import dev.inlay.graph.Window;
import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The formats in which a contraction's operands meet, from how the graph holds them alone.
 *
 * @param form the arithmetic on codes; empty where activations are floats
 * @param x how the kernel reads the activations
 * @param w the format of every term of the weights
 * @param carrier what does the sums
 * @param defines of the dense skeletons beyond formats and carrier
 * @param terms of the weights that are contracted one after the other; 0 where dense floats are
 * @param depthwise whether each channel has a window of its own and the depthwise kernel takes it
 */
record Pairing(
        Optional<CodedForm> form,
        Held x,
        NumberFormat w,
        String carrier,
        Map<String, String> defines,
        int terms,
        boolean depthwise) {
    /** Blocks that the skeletons are built for. */
    private static final Set<Integer> BLOCKS = Set.of(4, 8, 12, 16, 20, 24, 28, 32, 48, 64, 96, 128, 256);

    private static final int MOST_HALF = 65_535;

    /** The largest product of the operands' bits that are contracted bit by bit: each adds a pass over the planes. */
    private static final int MOST_PLANES = 6;

    Pairing {
        defines = Map.copyOf(defines);
    }

    /** The pairing of a node whose weights are constant. */
    static Pairing of(Graph graph, Node node, Contraction op) {
        Shape shape = graph.value(node.input(1)).shape();
        boolean depthwise = op instanceof Contraction.Conv conv
                && conv.groups() > 1
                && conv.groups() == shape.extent(0)
                && shape.extent(1) == 1;
        return CodedForm.of(graph, node)
                .flatMap(form -> switch (form) {
                    case IntegerForm integers -> integers(integers, op, depthwise);
                    case FoldedForm folded -> folded(folded);
                })
                .or(() -> depthwise
                        ? Optional.empty()
                        : graph.coded(node.input(1)).flatMap(encoded -> floats(op, encoded)))
                .orElseGet(() ->
                        new Pairing(Optional.empty(), Held.REAL, NumberFormat.F32, "f32", Map.of(), 0, depthwise));
    }

    OperandPair pair() {
        return new OperandPair(x.format(), w);
    }

    /** Numbers that the channels of a tap are padded to. */
    int lanes() {
        return depthwise ? x.format().lanes() : pair().run();
    }

    /** Whether what pads the channels of the activations counts, and must be zero. */
    boolean readsPadding() {
        boolean binary = w.equals(NumberFormat.B1) && !x.format().equals(NumberFormat.B1);
        return !depthwise && lanes() > 1 && (x.isReal() || binary);
    }

    /** The format of a bias. */
    NumberFormat bias() {
        boolean floats = form.isEmpty() || form.get() instanceof FoldedForm;
        return floats ? NumberFormat.F32 : defines.containsKey("SPILL") ? NumberFormat.S64 : NumberFormat.S32;
    }

    /** Whether weights that are held as codes are made floats before the contraction. */
    boolean decodes(Graph graph, Node node) {
        return terms == 0 && graph.coded(node.input(1)).isPresent();
    }

    /** Output channels of every term have one scale, and none is zero: a bias is counted in it. */
    private static boolean areScaled(Contraction op, List<Coded.Term> terms) {
        return CodedForm.alpha(op) != 0
                && terms.stream().map(Coded.Term::scales).allMatch(scales -> {
                    for (long i = 0; i < scales.values().elements(); i++) {
                        if (scales.values().getFloat(i) == 0) {
                            return false;
                        }
                    }
                    return !scales.isBlocked() && (scales.isOne() || scales.axis() == CodedForm.outputAxis(op));
                });
    }

    /** The narrowest format that holds all terms; empty where none does. */
    private static Optional<NumberFormat> narrowest(List<Coded.Term> terms, List<NumberFormat> formats) {
        return formats.stream()
                .filter(format -> terms.stream().allMatch(term -> holds(format, term.levels())))
                .findFirst();
    }

    private static boolean holds(NumberFormat format, Levels levels) {
        return switch (format.kind()) {
            case LOGARITHMIC -> levels instanceof Levels.Logarithmic && levels.high() <= format.most();
            case TABLE -> levels instanceof Levels.Table && levels.high() <= format.most();
            case BINARY -> levels.equals(Levels.Odd.BINARY);
            case SIGNED ->
                !(levels instanceof Levels.Table)
                        && (!(levels instanceof Levels.Logarithmic powers) || powers.root() == 1)
                        && levels.level(levels.low()) >= format.least()
                        && levels.level(levels.high()) <= format.most();
            case UNSIGNED, FLOAT, BLOCK_FLOAT -> false;
        };
    }

    private static Optional<Pairing> floats(Contraction op, Coded encoded) {
        List<Coded.Term> terms = encoded.terms();
        Coded.Scales scales = terms.getFirst().scales();
        List<NumberFormat> formats = List.of(
                NumberFormat.B1,
                NumberFormat.S2,
                NumberFormat.L4,
                NumberFormat.S4,
                NumberFormat.S8,
                NumberFormat.C2,
                NumberFormat.C4,
                NumberFormat.C8);
        if (scales.isBlocked()) {
            boolean alongInput =
                    terms.size() == 1 && scales.axis() == CodedForm.inputAxis(op) && CodedForm.alpha(op) != 0;
            return narrowest(terms, formats)
                    .filter(w -> w.kind() != NumberFormat.Kind.TABLE)
                    .filter(w -> alongInput && BLOCKS.contains(scales.block()) && scales.block() % w.run() == 0)
                    .map(w -> pairing(Optional.empty(), Held.REAL, w, "f32", folding(scales.block()), 1));
        }
        boolean roots = terms.stream()
                .anyMatch(term -> term.levels() instanceof Levels.Logarithmic powers && powers.root() == 2);
        if (roots || !areScaled(op, terms)) {
            return Optional.empty();
        }
        return narrowest(terms, formats)
                .or(() -> narrowest(terms, List.of(NumberFormat.L8)))
                .map(w -> pairing(Optional.empty(), Held.REAL, w, "f32", Map.of(), terms.size()));
    }

    private static Map<String, String> folding(int block) {
        return Map.of("FOLD", "1", "BLOCK", Integer.toString(block));
    }

    private static Pairing pairing(
            Optional<CodedForm> form, Held x, NumberFormat w, String carrier, Map<String, String> defines, int terms) {
        return new Pairing(form, x, w, carrier, defines, terms, false);
    }

    private static Optional<Pairing> folded(FoldedForm form) {
        int block = form.block();
        Optional<NumberFormat> w = narrowest(form.terms(), List.of(NumberFormat.S2, NumberFormat.S4, NumberFormat.S8))
                .flatMap(least -> List.of(NumberFormat.S2, NumberFormat.S4, NumberFormat.S8).stream()
                        .filter(format -> format.bits() >= least.bits() && block % format.run() == 0)
                        .findFirst());
        return w.filter(format -> BLOCKS.contains(block)).flatMap(format -> switch (form.x()) {
            case Quantizer.BlockFloat blocks ->
                Optional.of(pairing(
                        Optional.of(form),
                        Held.blocks(blocks),
                        format,
                        "bf",
                        Map.of("BLOCK", Integer.toString(block)),
                        1));
            case Quantizer.Uniform uniform ->
                Held.of(uniform)
                        .filter(held -> held.format().equals(NumberFormat.U8))
                        .map(held -> pairing(Optional.of(form), held, format, "u8s8", folding(block), 1));
        });
    }

    private static Optional<Pairing> integers(IntegerForm form, Contraction op, boolean depthwise) {
        Map<String, String> defines = new TreeMap<>();
        if (form.isWide()) {
            defines.put("SPILL", "1");
        }
        if (form.root() == 2) {
            defines.put("ROOT", "2");
        }
        if (form.x().levels() instanceof Levels.Logarithmic) {
            return shifted(form, Held.of(form.x()), defines);
        }
        Optional<Pairing> alone = depthwise ? depthwise(form) : Optional.empty();
        return alone.or(() -> planes(form, op))
                .or(() -> bytes(form))
                .or(() -> halves(form, defines))
                .or(() -> {
                    Optional<Held> byteOrHalf = Held.of(form.x())
                            .filter(held -> form.root() == 1 || held.zero() == 0)
                            .or(() -> Optional.of(Held.halves(form.x())).filter(held -> held.zero() == 0));
                    return shifted(form, byteOrHalf, defines);
                });
    }

    private static Optional<Pairing> depthwise(IntegerForm form) {
        if (form.terms().size() > 1 || form.isWide() || form.root() == 2) {
            return Optional.empty();
        }
        boolean bytes = narrowest(form.terms(), List.of(NumberFormat.S8)).isPresent();
        Optional<Held> held = Held.of(form.x());
        if (bytes && held.filter(x -> x.format().equals(NumberFormat.U8)).isPresent()) {
            return Optional.of(new Pairing(Optional.of(form), held.get(), NumberFormat.S8, "u8s8", Map.of(), 1, true));
        }
        return narrowest(form.terms(), List.of(NumberFormat.S16))
                .filter(w -> fitsHalves(form.x()))
                .map(w -> new Pairing(Optional.of(form), Held.halves(form.x()), w, "s16", Map.of(), 1, true));
    }

    private static boolean fitsHalves(Quantizer.Uniform x) {
        Levels levels = x.levels();
        return levels.level(levels.high()) - levels.level(levels.low()) <= MOST_HALF;
    }

    /** Signs, ternary codes and narrow integers as planes of bits. */
    private static Optional<Pairing> planes(IntegerForm form, Contraction op) {
        Quantizer.Uniform x = form.x();
        if (form.isWide() || form.root() == 2) {
            return Optional.empty();
        }
        boolean binary = x.levels().equals(Levels.Odd.BINARY);
        boolean padded = op instanceof Contraction.Conv conv && isPadded(conv.window());
        if (binary
                && !padded
                && narrowest(form.terms(), List.of(NumberFormat.B1)).isPresent()) {
            // A sign has no zero for a halo to hold.
            return Optional.of(planes(form, NumberFormat.B1, NumberFormat.B1));
        }
        boolean ternary = binary || (x.levels().largest() == 1 && x.levels().low() == -1 && x.zero() == 0);
        if (ternary && narrowest(form.terms(), List.of(NumberFormat.T2)).isPresent()) {
            return Optional.of(planes(form, NumberFormat.T2, NumberFormat.T2));
        }
        if (!(x.levels() instanceof Levels.Integers integers) || integers.low() != 0 || x.zero() != 0) {
            return Optional.empty();
        }
        Optional<NumberFormat> planes = List.of(NumberFormat.P2, NumberFormat.P3, NumberFormat.P4).stream()
                .filter(format -> integers.high() <= format.most())
                .findFirst();
        return planes.flatMap(format -> narrowest(
                        form.terms(), List.of(NumberFormat.Q2, NumberFormat.Q3, NumberFormat.Q4))
                .filter(w -> form.terms().stream().noneMatch(term -> term.levels() instanceof Levels.Logarithmic))
                .filter(w -> w.bits() * format.bits() <= MOST_PLANES)
                .map(w -> planes(form, format, w)));
    }

    private static boolean isPadded(Window window) {
        return window.top() + window.left() + window.bottom() + window.right() > 0;
    }

    private static Pairing planes(IntegerForm form, NumberFormat x, NumberFormat w) {
        return pairing(
                Optional.of(form),
                Held.planes(x, form.x()),
                w,
                "planes",
                Map.of(),
                form.terms().size());
    }

    private static Optional<Pairing> bytes(IntegerForm form) {
        if (form.isWide() || form.root() == 2) {
            return Optional.empty();
        }
        return Held.of(form.x())
                .filter(held -> held.format().equals(NumberFormat.U8))
                .flatMap(held -> narrowest(
                                form.terms(),
                                List.of(
                                        NumberFormat.B1,
                                        NumberFormat.S2,
                                        NumberFormat.L4,
                                        NumberFormat.S4,
                                        NumberFormat.S8))
                        .map(w -> pairing(
                                Optional.of(form),
                                held,
                                w,
                                "u8s8",
                                Map.of(),
                                form.terms().size())));
    }

    private static Optional<Pairing> halves(IntegerForm form, Map<String, String> defines) {
        if (form.root() == 2 || !fitsHalves(form.x())) {
            return Optional.empty();
        }
        return narrowest(form.terms(), List.of(NumberFormat.S2, NumberFormat.S4, NumberFormat.S8, NumberFormat.S16))
                .filter(w -> form.terms().stream().noneMatch(Pairing::hasLeastHalf))
                .map(w -> pairing(
                        Optional.of(form),
                        Held.halves(form.x()),
                        w,
                        "s16",
                        defines,
                        form.terms().size()));
    }

    /** Whether a code is -32768: twice its square fits no 32 bits. */
    private static boolean hasLeastHalf(Coded.Term term) {
        if (term.levels().low() > Short.MIN_VALUE) {
            return false;
        }
        for (long i = 0; i < term.codes().elements(); i++) {
            if (term.codes().getLong(i) == Short.MIN_VALUE) {
                return true;
            }
        }
        return false;
    }

    private static Optional<Pairing> shifted(IntegerForm form, Optional<Held> x, Map<String, String> defines) {
        return x.flatMap(held -> narrowest(form.terms(), List.of(NumberFormat.L4, NumberFormat.L8))
                .map(w -> pairing(
                        Optional.of(form),
                        held,
                        w,
                        "shift",
                        defines,
                        form.terms().size())));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.encoding.Levels;
import dev.inlay.encoding.NofM;
import dev.inlay.encoding.Occupancy;
import dev.inlay.encoding.WeightsShape;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which weights of a contraction are multiplied. Zeros are found in the numbers, whoever put them there.
 *
 * @param kind the kernel's way
 * @param kept what is not zero, in panels or rows; empty where neither are
 * @param pattern that the weights keep to, where N of M are held
 * @param why with what share of the weights, and from what share on the dense kernel is as fast; empty where no weight is
 *     zero
 */
record SparseForm(Kind kind, Optional<Occupancy> kept, Optional<NofM> pattern, String why) {
    /** Ways to leave zeros out. */
    enum Kind {
        /** None: the dense skeleton. */
        DENSE("dense", "", 1, 1, 1, 1),
        /** The dense skeleton over a list of the runs of each panel that are not all zero. */
        PANELS("panels", "BREAK_EVEN_PANELS", 0.95, 0.9, 1, 1),
        /** Each weight by itself, for vectors of pixels. */
        ROWS("rows", "BREAK_EVEN_ROWS", 0.33, 0.03, 1, 1),
        /** Each weight by itself, for one pixel. */
        ROWS_OF_ONE("rows", "BREAK_EVEN_ROWS_OF_ONE", 0.38, 0.03, 0.56, 0.12),
        /** Each weight by itself, for one pixel, of the columns whose activation is not zero. */
        COLUMNS("columns", "BREAK_EVEN_COLUMNS", 0.18, 0.03, 0.67, 0.27),
        /** The N of M that are not zero, for several pixels. */
        N_OF_M("n of m", "BREAK_EVEN_N_OF_M", 0.24, 0.03, 1, 1),
        /** The N of M that are not zero, for one pixel. */
        N_OF_M_OF_ONE("n of m", "BREAK_EVEN_N_OF_M_OF_ONE", 0.6, 0.03, 0.8, 0.8);

        private final String words;
        private final String tunable;
        private final double processor;
        private final double other;
        private final double bytes;
        private final double narrow;

        /**
         * @param tunable of a device: the share in percent of runs or weights up to which it is faster than all of them
         * @param processor the share where a processor gives none; measured by {@code inlay break-even} on one with AVX2
         * @param other the share where another device gives none; a guess that leaves most weights to the dense kernel
         * @param bytes what is left of these shares where weights are bytes: the dense kernel then reads less too
         * @param narrow what is left where they are narrower, and are taken out of words one by one
         */
        Kind(String words, String tunable, double processor, double other, double bytes, double narrow) {
            this.words = words;
            this.tunable = tunable;
            this.processor = processor;
            this.other = other;
            this.bytes = bytes;
            this.narrow = narrow;
        }

        double breakEven(DeviceDescription device, NumberFormat weights) {
            Integer percent = device.tuning().get(tunable);
            double usual = device.deviceClass() == DeviceClass.CPU ? processor : other;
            double held = weights.equals(NumberFormat.F32) ? 1 : weights.bits() == Byte.SIZE ? bytes : narrow;
            return held * (percent == null ? usual : percent / 100.0);
        }
    }

    private static final SparseForm DENSE = dense("");

    private static SparseForm dense(String why) {
        return new SparseForm(Kind.DENSE, Optional.empty(), Optional.empty(), why);
    }

    /** The share of zeros from which weights are looked at. */
    private static final double FEW = 0.03;

    /** Throughput of panels of one vector over that of wider ones, measured on a processor with AVX2. */
    private static final double ONE_VECTOR = 0.75;

    /** What it costs to bring a number into rows of pixels, in operations. */
    private static final double COPY = 100;

    /**
     * @param breakEven the density at which the kernel is as fast as the dense one
     * @param copies the time of bringing the activations into another order, over that of all weights
     * @param active the modelled share of activations that are not zero, where the others are left out; else 1
     */
    private record Candidate(
            Kind kind,
            Optional<Occupancy> kept,
            Optional<NofM> pattern,
            double breakEven,
            double copies,
            double active) {
        static Candidate of(Kind kind, Occupancy kept, double breakEven, double copies) {
            return new Candidate(kind, Optional.of(kept), Optional.empty(), breakEven, copies, 1);
        }

        double density() {
            return pattern.map(NofM::density).orElseGet(() -> kept.orElseThrow().density());
        }

        /** The time over that of all weights. */
        double time() {
            return active * density() / breakEven + copies;
        }

        String words() {
            String what = switch (kind) {
                case PANELS -> panels(kept.orElseThrow());
                case COLUMNS -> kind.words + " of " + percent(active) + " of the activations";
                case N_OF_M, N_OF_M_OF_ONE -> pattern.orElseThrow().toString();
                case DENSE, ROWS, ROWS_OF_ONE -> kind.words;
            };
            return String.format(
                    Locale.ROOT, "%s: %.2f of the dense time, break-even at %s", what, time(), percent(breakEven));
        }
    }

    private static String panels(Occupancy kept) {
        return Kind.PANELS.words + " of " + kept.width() + " x " + kept.run() + " (" + percent(kept.density())
                + " kept)";
    }

    /**
     * The form for a node.
     *
     * @param shape of its weights
     * @param tile the dense skeleton's
     * @param pixels whether a row of its output has more than one
     * @param vectors whether they fill vectors
     */
    static SparseForm of(
            Graph graph,
            Node node,
            Pairing pairing,
            WeightsShape shape,
            Tile tile,
            boolean pixels,
            boolean vectors,
            DeviceDescription device,
            SparseUse use) {
        if (use == SparseUse.NEVER || pairing.depthwise() || pairing.terms() > 1) {
            return DENSE;
        }
        Tensor numbers = graph.constant(node.input(1)).orElseThrow();
        double share = Occupancy.share(numbers);
        if (share > 1 - FEW) {
            return DENSE;
        }
        Occupancy rows = Occupancy.of(numbers, shape, 1, 1);
        Optional<NumberFormat> single = pairing.x().isReal() ? rowFormat(graph, node, pairing) : Optional.empty();
        List<Candidate> candidates = new ArrayList<>();
        Kind kind = vectors ? Kind.ROWS : Kind.ROWS_OF_ONE;
        if (takes(use, SparseUse.ROWS) && single.isPresent()) {
            long count = graph.value(node.output()).shape().elements() / rows.slices();
            double dense = 2.0 * count * rows.slices() * shape.taps() * shape.channels();
            double copies = node.op() instanceof Contraction.Conv
                    ? COPY * graph.value(node.input(0)).shape().elements() / dense
                    : 0;
            candidates.add(Candidate.of(kind, rows, kind.breakEven(device, single.get()), copies));
        }
        boolean oneRow = graph.value(node.output()).shape().elements() == rows.slices();
        if (takes(use, SparseUse.COLUMNS) && oneRow && !(node.op() instanceof Contraction.Conv) && single.isPresent()) {
            candidates.add(new Candidate(
                    Kind.COLUMNS,
                    Optional.of(rows),
                    Optional.empty(),
                    Kind.COLUMNS.breakEven(device, single.get()),
                    0,
                    ColumnLowering.activeShare(graph, node.input(0))));
        }
        if (takes(use, SparseUse.PANELS) && takesLists(pairing)) {
            int least = device.deviceClass() == DeviceClass.CPU ? tile.lanes() : tile.panel();
            for (int width = tile.panel(); width >= least; width /= 2) {
                Occupancy panels =
                        Occupancy.of(numbers, shape, width, pairing.pair().run());
                double efficiency = width == tile.lanes() && width < tile.panel() ? ONE_VECTOR : 1;
                candidates.add(Candidate.of(
                        Kind.PANELS, panels, efficiency * Kind.PANELS.breakEven(device, NumberFormat.F32), 0));
            }
        }
        Optional<NumberFormat> picked = pairing.x().isReal() ? pickFormat(pairing) : Optional.empty();
        if (takes(use, SparseUse.N_OF_M) && picked.isPresent()) {
            Kind ofGroups = pixels ? Kind.N_OF_M : Kind.N_OF_M_OF_ONE;
            double even = ofGroups.breakEven(device, picked.get());
            NofM.of(rows, picked.get().bits())
                    .ifPresent(pattern -> candidates.add(
                            new Candidate(ofGroups, Optional.empty(), Optional.of(pattern), even, 0, 1)));
        }
        Optional<Candidate> best = candidates.stream().min(Comparator.comparingDouble(Candidate::time));
        String why = percent(share) + " of its weights are not zero; modelled: "
                + candidates.stream().map(Candidate::words).collect(Collectors.joining("; "));
        return best.filter(form -> use != SparseUse.BREAK_EVEN || form.time() < 1)
                .map(form -> new SparseForm(form.kind, form.kept, form.pattern, why))
                .orElseGet(() -> dense(why));
    }

    private static boolean takes(SparseUse use, SparseUse form) {
        return use == SparseUse.BREAK_EVEN || use == form;
    }

    /** The format of weights of which N of M are held; empty where the kernel has none. */
    static Optional<NumberFormat> pickFormat(Pairing pairing) {
        if (pairing.terms() == 0) {
            return Optional.of(NumberFormat.F32);
        }
        boolean signed =
                List.of(NumberFormat.S8, NumberFormat.S4, NumberFormat.S2).contains(pairing.w());
        return signed && !pairing.defines().containsKey("FOLD") ? Optional.of(pairing.w()) : Optional.empty();
    }

    /** The format of weights that are multiplied one by one; empty where the kernel has none. */
    static Optional<NumberFormat> rowFormat(Graph graph, Node node, Pairing pairing) {
        if (pairing.terms() == 0) {
            return Optional.of(NumberFormat.F32);
        }
        if (pairing.defines().containsKey("FOLD")) {
            return Optional.empty();
        }
        NumberFormat w = pairing.w();
        Levels levels =
                graph.coded(node.input(1)).orElseThrow().terms().getFirst().levels();
        return switch (w.kind()) {
            case TABLE -> Optional.of(w.bits() > 4 ? NumberFormat.C8 : NumberFormat.C4);
            case SIGNED -> {
                if (levels.largest() == 1) {
                    // What is not zero is a sign.
                    yield Optional.of(NumberFormat.B1);
                }
                yield w.bits() > Byte.SIZE
                        ? Optional.empty()
                        : Optional.of(w.bits() > 4 ? NumberFormat.S8 : NumberFormat.S4);
            }
            case FLOAT, UNSIGNED, BINARY, LOGARITHMIC, BLOCK_FLOAT -> Optional.empty();
        };
    }

    /** Whether the dense skeleton leaves runs out: not where there is no zero, nor where blocks have scales. */
    private static boolean takesLists(Pairing pairing) {
        return pairing.w().kind() != NumberFormat.Kind.BINARY
                && !pairing.defines().containsKey("BLOCK");
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}

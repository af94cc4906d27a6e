// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

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
 * @param kept what is not zero, in panels or rows; empty where all are multiplied
 * @param why with what share of the weights, and from what share on the dense kernel is as fast; empty where no weight is
 *     zero
 */
record SparseForm(Kind kind, Optional<Occupancy> kept, String why) {
    /** Ways to leave zeros out. */
    enum Kind {
        /** None: the dense skeleton. */
        DENSE("dense", "", 1, 1),
        /** The dense skeleton over a list of the runs of each panel that are not all zero. */
        PANELS("panels", "BREAK_EVEN_PANELS", 0.95, 0.9),
        /** Each weight by itself, for vectors of pixels. */
        ROWS("rows", "BREAK_EVEN_ROWS", 0.27, 0.03),
        /** Each weight by itself, for one pixel. */
        ROWS_OF_ONE("rows", "BREAK_EVEN_ROWS_OF_ONE", 0.38, 0.03);

        private final String words;
        private final String tunable;
        private final double processor;
        private final double other;

        /**
         * @param tunable of a device: the share in percent of runs or weights up to which it is faster than all of them
         * @param processor the share where a processor gives none; measured by {@code inlay break-even} on one with AVX2
         * @param other the share where another device gives none; a guess that leaves most weights to the dense kernel
         */
        Kind(String words, String tunable, double processor, double other) {
            this.words = words;
            this.tunable = tunable;
            this.processor = processor;
            this.other = other;
        }

        double breakEven(DeviceDescription device) {
            Integer percent = device.tuning().get(tunable);
            double usual = device.deviceClass() == DeviceClass.CPU ? processor : other;
            return percent == null ? usual : percent / 100.0;
        }
    }

    private static final SparseForm DENSE = new SparseForm(Kind.DENSE, Optional.empty(), "");

    /** The share of zeros from which weights are looked at. */
    private static final double FEW = 0.03;

    /** Throughput of panels of one vector over that of wider ones, measured on a processor with AVX2. */
    private static final double ONE_VECTOR = 0.75;

    /** What it costs to bring a number into rows of pixels, in operations. */
    private static final double COPY = 100;

    /**
     * @param breakEven the density at which the kernel is as fast as the dense one
     * @param copies the time of bringing the activations into another order, over that of all weights
     */
    private record Candidate(Kind kind, Occupancy kept, double breakEven, double copies) {
        /** The time over that of all weights. */
        double time() {
            return kept.density() / breakEven + copies;
        }

        String words() {
            String what = kind == Kind.PANELS
                    ? kind.words + " of " + kept.width() + " x " + kept.run() + " (" + percent(kept.density())
                            + " kept)"
                    : kind.words;
            return String.format(
                    Locale.ROOT, "%s: %.2f of the dense time, break-even at %s", what, time(), percent(breakEven));
        }
    }

    /**
     * The form for a node.
     *
     * @param shape of its weights
     * @param tile the dense skeleton's
     * @param vectors whether its pixels fill vectors
     */
    static SparseForm of(
            Graph graph,
            Node node,
            Pairing pairing,
            WeightsShape shape,
            Tile tile,
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
        List<Candidate> candidates = new ArrayList<>();
        Kind kind = vectors ? Kind.ROWS : Kind.ROWS_OF_ONE;
        if (use != SparseUse.PANELS
                && pairing.x().isReal()
                && rowFormat(pairing).isPresent()) {
            long pixels = graph.value(node.output()).shape().elements() / rows.slices();
            double dense = 2.0 * pixels * rows.slices() * shape.taps() * shape.channels();
            double copies = node.op() instanceof Contraction.Conv
                    ? COPY * graph.value(node.input(0)).shape().elements() / dense
                    : 0;
            candidates.add(new Candidate(kind, rows, kind.breakEven(device), copies));
        }
        if (use != SparseUse.ROWS && takesLists(pairing)) {
            int least = device.deviceClass() == DeviceClass.CPU ? tile.lanes() : tile.panel();
            for (int width = tile.panel(); width >= least; width /= 2) {
                Occupancy panels =
                        Occupancy.of(numbers, shape, width, pairing.pair().run());
                double efficiency = width == tile.lanes() && width < tile.panel() ? ONE_VECTOR : 1;
                candidates.add(new Candidate(Kind.PANELS, panels, efficiency * Kind.PANELS.breakEven(device), 0));
            }
        }
        Optional<Candidate> best = candidates.stream().min(Comparator.comparingDouble(Candidate::time));
        String why = percent(share) + " of its weights are not zero; modelled: "
                + candidates.stream().map(Candidate::words).collect(Collectors.joining("; "));
        return best.filter(form -> use != SparseUse.BREAK_EVEN || form.time() < 1)
                .map(form -> new SparseForm(form.kind, Optional.of(form.kept), why))
                .orElseGet(() -> new SparseForm(Kind.DENSE, Optional.empty(), why));
    }

    /** The format of weights that are multiplied one by one; empty where the kernel has none. */
    static Optional<NumberFormat> rowFormat(Pairing pairing) {
        if (pairing.terms() == 0) {
            return Optional.of(NumberFormat.F32);
        }
        boolean bytes = pairing.w().kind() == NumberFormat.Kind.SIGNED
                && pairing.w().bits() <= Byte.SIZE
                && !pairing.defines().containsKey("FOLD");
        return bytes ? Optional.of(NumberFormat.S8) : Optional.empty();
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

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.board;

import dev.inlay.BitstreamWriter;
import dev.inlay.UsageException;
import dev.inlay.backend.reference.Reference;
import dev.inlay.graph.Contraction;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.kernels.KernelId;
import dev.inlay.plan.Decision;
import dev.inlay.plan.DeviceClass;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Evidence;
import dev.inlay.plan.LayerWork;
import dev.inlay.plan.MemoryMode;
import dev.inlay.plan.MultiplyAdd;
import dev.inlay.plan.Plan;
import dev.inlay.plan.Planner;
import dev.inlay.plan.SparseUse;
import dev.inlay.plan.model.BoardModel;
import dev.inlay.plan.model.Design;
import dev.inlay.plan.model.DesignSearch;
import dev.inlay.plan.model.Estimate;
import dev.inlay.plan.model.PipelineModel;
import dev.inlay.profile.DeviceProfile;
import dev.inlay.profile.ProfileCatalog;
import dev.inlay.profile.Resource;
import dev.inlay.rewrite.Rewriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A network planned for an FPGA board that need not be here: contractions run in pipelines as wide as the board has room
 * for, all else on the host.
 *
 * @param device the board as plans see it
 * @param kernels that the plan launches there
 * @param chosen how wide the pipelines are and what that is expected to give
 * @param host nodes that the board leaves to the host, with the reason
 */
public record BoardPlan(DeviceDescription device, Set<KernelId> kernels, Chosen chosen, Map<String, String> host) {
    /** Bytes of the memory of a board whose profile does not know them. */
    private static final long LEAST_MEMORY = 1L << 30;

    /**
     * What was chosen.
     *
     * @param tile tunables of the dense skeleton
     * @param fmaxMHz the clock that designs for the board are known to reach
     * @param used of the board's resources by the multipliers
     * @param available of them on the board
     * @param latencyMs of one run alone
     * @param evidence of these figures
     */
    public record Chosen(
            Map<String, Integer> tile,
            double fmaxMHz,
            Map<Resource, Double> used,
            Map<Resource, Double> available,
            double latencyMs,
            Evidence evidence) {
        /** In words. */
        public String text() {
            String resources = used.entrySet().stream()
                    .map(each -> String.format(
                            Locale.ROOT,
                            "%.0f of %.0f %s",
                            each.getValue(),
                            available.get(each.getKey()),
                            each.getKey()))
                    .collect(Collectors.joining(", "));
            return String.format(
                    Locale.ROOT,
                    "%s: %s at %.0f MHz, %s, %.3g ms a run",
                    evidence.name().toLowerCase(Locale.ROOT),
                    tile,
                    fmaxMHz,
                    resources,
                    latencyMs);
        }
    }

    /**
     * @param graph before rewriting
     * @param board id of a profile
     * @throws UsageException if there is no such profile, or not of an FPGA that can be modelled
     */
    public static BoardPlan of(Graph graph, String board) {
        DeviceProfile profile = profile(board);
        if (BoardModel.of(profile).filter(PipelineModel.class::isInstance).isEmpty()) {
            throw new UsageException("board: got " + board + " of class "
                    + profile.deviceClass().label()
                    + ", expected an FPGA whose profile has DSP blocks, a clock and a bandwidth");
        }
        Graph rewritten = Rewriter.standard(Reference::evaluate).rewrite(graph);
        Tiled tiled = tiled(profile, LayerWork.of(rewritten));
        Design design = tiled.estimate.design().orElseThrow();
        DeviceDescription device = description(profile, tiled.tile);
        Map<String, String> pins = rewritten.nodes().stream()
                .filter(node -> !(node.op() instanceof Contraction))
                .collect(Collectors.toMap(Node::name, node -> DeviceDescription.REFERENCE));
        Plan plan = Planner.plan(rewritten, List.of(device), pins, false, MemoryMode.ARENA, SparseUse.BREAK_EVEN);
        Map<String, String> host = new LinkedHashMap<>();
        for (Decision decision : plan.decisions()) {
            if (decision.device().equals(DeviceDescription.REFERENCE)) {
                host.put(decision.node(), pins.containsKey(decision.node()) ? "no contraction" : decision.why());
            }
        }
        Chosen chosen = new Chosen(
                tiled.tile,
                design.megahertz(),
                new TreeMap<>(design.used()),
                profile.resources().entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, each -> each.getValue().value())),
                tiled.seconds() * 1e3,
                Evidence.MODELLED);
        return new BoardPlan(device, BitstreamWriter.kernels(plan, device.id()), chosen, host);
    }

    private static DeviceProfile profile(String board) {
        List<DeviceProfile> all = ProfileCatalog.shipped().profiles();
        return all.stream()
                .filter(profile -> profile.id().equals(board))
                .findFirst()
                .orElseThrow(() ->
                        new UsageException("board: got \"" + board + "\", expected a device that is here or one of "
                                + all.stream().map(DeviceProfile::id).collect(Collectors.joining(", "))));
    }

    /**
     * The tunables of the pipelines that take least time of all that the board has room for.
     *
     * @param works the layers of the network
     */
    private static Tiled tiled(DeviceProfile profile, List<LayerWork> works) {
        Set<MultiplyAdd> arithmetics = works.stream()
                .filter(work -> work.extents().isPresent())
                .map(LayerWork::multiply)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        double megahertz = profile.clock().orElseThrow().highest().value();
        Optional<Tiled> best = Optional.empty();
        for (int lanes : List.of(2, 4, 8, 16)) {
            for (int vectors = 1; vectors <= 16; vectors++) {
                for (int runs = 1; runs <= 16; runs *= 2) {
                    List<Design.Array> arrays = new ArrayList<>();
                    for (MultiplyAdd multiply : arithmetics) {
                        arrays.add(new Design.Array(multiply, runs * runElements(multiply), lanes * vectors, 1));
                    }
                    Map<String, Integer> tile =
                            new TreeMap<>(Map.of("VW", lanes, "NV", vectors, "MR", 8, "RUNS", runs));
                    Optional<Tiled> next = DesignSearch.of(arrays, profile, megahertz)
                            .map(design -> new Tiled(
                                    tile, new PipelineModel(profile, Optional.of(design)).estimate(works, 1)));
                    if (next.isPresent()
                            && (best.isEmpty()
                                    || next.get().seconds() < best.get().seconds())) {
                        best = next;
                    }
                }
            }
        }
        return best.orElseThrow(() -> new UsageException("board: got " + profile.id()
                + ", which has no room for the least pipeline in " + arithmetics + ", expected a larger one"));
    }

    /** Pipelines with these tunables, and what they would take. */
    private record Tiled(Map<String, Integer> tile, Estimate estimate) {
        double seconds() {
            return estimate.seconds();
        }
    }

    /** Activations of a contracted run: as many as lie in the word that its arithmetic takes. */
    private static int runElements(MultiplyAdd multiply) {
        return switch (multiply.carrier()) {
            case PLANES -> Integer.SIZE;
            case U8S8 -> 4;
            case S16 -> 2;
            default -> 1;
        };
    }

    private static DeviceDescription description(DeviceProfile profile, Map<String, Integer> tile) {
        long memory =
                profile.memory().capacity().map(bytes -> (long) bytes.value()).orElse(LEAST_MEMORY);
        return new DeviceDescription(
                profile.id(),
                AocProject.PLATFORM,
                profile.name(),
                DeviceClass.FPGA,
                "ACCELERATOR",
                "none",
                "none",
                Evidence.MODELLED,
                memory,
                memory,
                1,
                1,
                1,
                Set.of("FMA", "CHANNELS"),
                tile,
                false,
                Optional.empty());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.session;

import dev.inlay.graph.Graph;
import dev.inlay.plan.Decision;
import dev.inlay.plan.Layout;
import dev.inlay.plan.PackedConstant;
import dev.inlay.plan.Plan;
import dev.inlay.plan.Region;
import dev.inlay.plan.Step;
import dev.inlay.plan.Stored;
import dev.inlay.plan.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** A plan for people to read, one line a thing, the same on every machine. */
final class PlanText {
    private final List<String> lines = new ArrayList<>();

    private PlanText() {}

    static List<String> of(Plan plan) {
        PlanText text = new PlanText();
        text.lines.add("plan " + plan.graph() + " schema " + plan.schemaVersion() + " memory " + plan.memory());
        for (Stored stored : plan.stored()) {
            text.lines.add("stored " + stored.id() + " " + stored.value() + " on " + stored.device() + " "
                    + stored.format() + " " + stored.shape() + " " + layout(stored.layout()) + " region "
                    + stored.region());
        }
        for (int i = 0; i < plan.regions().size(); i++) {
            Region region = plan.regions().get(i);
            text.lines.add("region " + i + " on " + region.device() + " buffer " + region.buffer() + " offset "
                    + region.offset() + " bytes " + region.bytes());
        }
        for (PackedConstant packed : plan.packed()) {
            text.lines.add("packed " + packed.id() + " on " + packed.device() + " " + packed.packing());
        }
        plan.inputs().forEach((name, id) -> text.lines.add("input " + name + " = stored " + id));
        plan.steps().forEach(text::step);
        plan.outputs().forEach((name, id) -> text.lines.add("output " + name + " = stored " + id));
        for (Decision decision : plan.decisions()) {
            text.lines.add("decision " + decision.node() + " on " + decision.device() + " by " + decision.kernel()
                    + (decision.fallback() ? " (fallback)" : "") + ": " + decision.why());
        }
        return text.lines;
    }

    /** A graph's nodes, in order. */
    static List<String> of(Graph graph) {
        return graph.nodes().stream()
                .map(node -> "node " + node.name() + " " + node.inputs() + " -> " + node.outputs() + " " + node.op())
                .toList();
    }

    private static String layout(Layout layout) {
        return layout.order() + (layout.halo().isNone() ? "" : " " + layout.halo());
    }

    private static String traffic(Traffic traffic) {
        return " tiles " + traffic.tiles() + " " + new TreeMap<>(traffic.channels());
    }

    private void step(Step step) {
        lines.add(
                switch (step) {
                    case Step.Launch launch ->
                        "launch " + launch.node() + " on " + launch.device() + " " + launch.kernel() + " "
                                + new TreeMap<>(launch.arguments()) + " global " + launch.global() + " local "
                                + launch.local() + " " + launch.work()
                                + launch.traffic().map(PlanText::traffic).orElse("");
                    case Step.Evaluate evaluate ->
                        "evaluate " + evaluate.node() + " " + evaluate.inputs() + " -> " + evaluate.outputs();
                    case Step.Transfer transfer ->
                        "transfer " + transfer.from() + " -> " + transfer.to() + " with " + transfer.device() + " "
                                + transfer.bytes() + " bytes";
                });
    }
}

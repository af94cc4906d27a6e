// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import dev.inlay.graph.Graph;
import dev.inlay.plan.Decision;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Plan;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A rewritten graph and its plan; no device is touched until a session opens. */
public final class CompiledModel {
    private final Engine engine;
    private final Graph source;
    private final CompileOptions options;
    private final Graph graph;
    private final Plan plan;
    private final Optional<Partitioned> partitioned;

    /**
     * @param source before rewriting
     * @param options how it was compiled
     * @param partitioned how it was spread, where it was
     */
    CompiledModel(
            Engine engine,
            Graph source,
            CompileOptions options,
            Graph graph,
            Plan plan,
            Optional<Partitioned> partitioned) {
        this.engine = engine;
        this.source = source;
        this.options = options;
        this.graph = graph;
        this.plan = plan;
        this.partitioned = partitioned;
    }

    /** The graph that is run, after rewriting. */
    public Graph graph() {
        return graph;
    }

    public Plan plan() {
        return plan;
    }

    CompileOptions options() {
        return options;
    }

    /** Where each node runs and why. */
    public List<Decision> placements() {
        return plan.decisions();
    }

    /** How it was spread over devices; empty where it was not. */
    public Optional<Partitioned> partitioned() {
        return partitioned;
    }

    /** The same model planned without a device; when no other was to be used, the host computes it. */
    CompiledModel without(String device) {
        Set<String> others = new LinkedHashSet<>(options.devices());
        others.remove(device);
        if (others.isEmpty()) {
            plan.devices().forEach(each -> others.add(each.id()));
            others.remove(device);
            others.add(DeviceDescription.REFERENCE);
        }
        return engine.compile(source, options.without(device, List.copyOf(others)));
    }

    /**
     * Builds the programs and uploads the weights.
     *
     * @throws DeviceException if a device fails
     */
    public Session open() {
        return new Session(engine, this);
    }
}

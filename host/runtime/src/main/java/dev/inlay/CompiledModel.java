// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import dev.inlay.graph.Graph;
import dev.inlay.plan.Decision;
import dev.inlay.plan.Plan;
import java.util.List;
import java.util.Optional;

/** A rewritten graph and its plan; no device is touched until a session opens. */
public final class CompiledModel {
    private final Engine engine;
    private final Graph graph;
    private final Plan plan;
    private final int slots;
    private final Optional<Partitioned> partitioned;

    CompiledModel(Engine engine, Graph graph, Plan plan, int slots, Optional<Partitioned> partitioned) {
        this.engine = engine;
        this.graph = graph;
        this.plan = plan;
        this.slots = slots;
        this.partitioned = partitioned;
    }

    /** The graph that is run, after rewriting. */
    public Graph graph() {
        return graph;
    }

    public Plan plan() {
        return plan;
    }

    /** Where each node runs and why. */
    public List<Decision> placements() {
        return plan.decisions();
    }

    /** How it was spread over devices; empty where it was not. */
    public Optional<Partitioned> partitioned() {
        return partitioned;
    }

    /**
     * Builds the programs and uploads the weights.
     *
     * @throws DeviceException if a device fails
     */
    public Session open() {
        return new Session(engine, graph, plan, slots);
    }
}

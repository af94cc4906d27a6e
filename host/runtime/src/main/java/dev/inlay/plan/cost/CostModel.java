// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.cost;

import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.graph.OperationCount;
import dev.inlay.graph.Value;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Plan;
import dev.inlay.plan.Roofline;
import dev.inlay.plan.Step;
import dev.inlay.plan.Work;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The time that the steps of plans are expected to take: by what was measured on a device, and where it was not by the
 * ceilings of its profile, and where it has none by those of a slow processor.
 */
public final class CostModel {
    /** One core without vector instructions. */
    private static final Roofline SLOW = new Roofline(1e9, 4e9, 20e-6);

    private static final double SLOW_VISIT_SECONDS = 50e-6;

    private final Map<String, Curves> curves = new HashMap<>();
    private final Map<String, Double> visits = new HashMap<>();
    private final Map<String, Roofline> ceilings;

    /**
     * @param calibrations one for each device that was measured
     * @param ceilings by device id, for what no calibration has a curve of
     */
    public CostModel(List<Calibration> calibrations, Map<String, Roofline> ceilings) {
        for (Calibration calibration : calibrations) {
            curves.put(calibration.device(), new Curves(calibration.samples()));
            visits.put(calibration.device(), calibration.visitSeconds());
        }
        this.ceilings = Map.copyOf(ceilings);
    }

    /** What the time of a step of a plan depends on. */
    public static Workload workload(Graph graph, Plan plan, Step step) {
        return switch (step) {
            case Step.Launch launch -> Workload.of(launch, device(plan, launch.device()));
            case Step.Transfer transfer ->
                plan.stored().get(transfer.from()).onHost()
                        ? Workload.upload(transfer.bytes())
                        : Workload.download(transfer.bytes());
            case Step.Evaluate evaluate -> workload(graph, evaluate.node());
        };
    }

    private static Workload workload(Graph graph, String name) {
        Node node = graph.nodes().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        long bytes = Stream.concat(node.inputs().stream(), node.outputs().stream())
                .filter(value -> !value.isEmpty())
                .map(graph::value)
                .mapToLong(CostModel::bytes)
                .sum();
        return Workload.java(node.op().title(), OperationCount.of(graph, node), bytes);
    }

    private static long bytes(Value value) {
        return value.shape().elements() * value.type().bytes();
    }

    private static DeviceDescription device(Plan plan, String id) {
        return plan.devices().stream()
                .filter(device -> device.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** Whether steps of the same kernel in the same formats were measured on a device. */
    public boolean isMeasured(String device, Workload workload) {
        Curves known = curves.get(device);
        return known != null && known.isExact(workload);
    }

    /** Seconds of one step, above 0. */
    public double seconds(String device, Workload workload) {
        return Optional.ofNullable(curves.get(device))
                .flatMap(known -> known.seconds(workload))
                .orElseGet(() -> ceilings.getOrDefault(device, SLOW)
                        .seconds(new Work("", (long) workload.operations(), (long) workload.bytes())));
    }

    /** Seconds of a visit of a device beside its steps. */
    public double visitSeconds(String device) {
        return visits.getOrDefault(device, device.equals(DeviceDescription.REFERENCE) ? 0 : SLOW_VISIT_SECONDS);
    }

    /** Seconds of every step of a plan, in the order of its steps. */
    public List<Double> seconds(Graph graph, Plan plan) {
        return plan.steps().stream()
                .map(step -> seconds(step.device(), workload(graph, plan, step)))
                .toList();
    }

    /** Seconds of one request of a plan, steps and visits one after another. */
    public double latencySeconds(Graph graph, Plan plan) {
        return busySeconds(graph, plan).values().stream()
                .mapToDouble(Double::doubleValue)
                .sum();
    }

    /** Device id to the seconds that a request of a plan keeps it busy. */
    public Map<String, Double> busySeconds(Graph graph, Plan plan) {
        Map<String, Double> busy = new HashMap<>();
        List<Double> seconds = seconds(graph, plan);
        String before = "";
        for (int i = 0; i < seconds.size(); i++) {
            String device = plan.steps().get(i).device();
            double visit = device.equals(before) ? 0 : visitSeconds(device);
            busy.merge(device, seconds.get(i) + visit, Double::sum);
            before = device;
        }
        return busy;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import dev.inlay.backend.reference.Reference;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Plan;
import dev.inlay.plan.Step;
import dev.inlay.plan.Stored;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ObjIntConsumer;

/** The memory of one request, on the host and on every device, and the way through the plan's steps. */
final class Slot implements AutoCloseable {
    private final Graph graph;
    private final Plan plan;
    private final Arena arena = Arena.ofShared();
    private final Map<Integer, Tensor> host = new HashMap<>();
    private final Map<String, DeviceSlot> devices = new LinkedHashMap<>();
    private final Map<String, Node> nodes = new HashMap<>();

    Slot(Graph graph, Plan plan, Map<String, DeviceWeights> weights) {
        this.graph = graph;
        this.plan = plan;
        graph.nodes().forEach(node -> nodes.put(node.name(), node));
        try {
            List<MemorySegment> buffers = plan.bufferBytes(DeviceDescription.REFERENCE).stream()
                    .map(bytes -> arena.allocate(bytes, Tensor.ALIGNMENT))
                    .toList();
            for (Stored stored : plan.stored()) {
                if (stored.onHost()) {
                    MemorySegment memory =
                            buffers.get(plan.region(stored).buffer()).asSlice(0, stored.bytes());
                    host.put(stored.id(), new Tensor(graph.value(stored.value()).type(), stored.shape(), memory));
                }
            }
            weights.forEach((id, deviceWeights) -> devices.put(id, new DeviceSlot(plan, deviceWeights, this::memory)));
        } catch (RuntimeException | Error e) {
            Closing.after(e, List.of(this));
            throw e;
        }
    }

    private MemorySegment memory(int stored) {
        return host.get(stored).data();
    }

    Map<String, Tensor> run(Map<String, Tensor> inputs) {
        plan.inputs()
                .forEach((name, stored) ->
                        memory(stored).copyFrom(inputs.get(name).data()));
        steps(Exchange.NONE);
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        plan.outputs().forEach((name, stored) -> outputs.put(name, copy(name, stored)));
        return outputs;
    }

    /** As {@link #run}, with inputs taken from where they lie and outputs left where they are computed. */
    ResidentTensors runResident(Map<String, ResidentTensor> inputs) {
        Exchange exchange = Exchange.of(
                graph,
                plan,
                inputs,
                devices.values().stream().map(DeviceSlot::device).toList());
        try {
            plan.inputs().forEach((name, stored) -> {
                if (exchange.hostNeeds(plan, stored)) {
                    inputs.get(name).copyTo(memory(stored));
                }
            });
            steps(exchange);
            Map<String, ResidentTensor> outputs = new LinkedHashMap<>();
            plan.outputs().forEach((name, stored) -> {
                ResidentTensor kept = exchange.kept().get(stored);
                outputs.put(name, kept == null ? ResidentTensor.of(copy(name, stored)) : kept);
            });
            return new ResidentTensors(outputs);
        } catch (RuntimeException | Error e) {
            exchange.abandon(e);
            throw e;
        }
    }

    /** As {@link Session#launchSeconds}. */
    Map<Integer, Double> launchSeconds(int repeats) {
        Map<Integer, Double> seconds = new LinkedHashMap<>();
        devices.values().forEach(device -> seconds.putAll(device.launchSeconds(repeats)));
        return seconds;
    }

    /** As {@link Session#profile}. */
    StepTimes profile(Map<String, Tensor> inputs) {
        plan.inputs()
                .forEach((name, stored) ->
                        memory(stored).copyFrom(inputs.get(name).data()));
        Map<Integer, Double> steps = new TreeMap<>();
        Map<String, Double> visits = new LinkedHashMap<>();
        visit(
                (device, from, to) -> {
                    long start = System.nanoTime();
                    Map<Integer, Double> seconds = device.timed(from, to);
                    double visit = (System.nanoTime() - start) * 1e-9;
                    steps.putAll(seconds);
                    double beside = visit
                            - seconds.values().stream()
                                    .mapToDouble(Double::doubleValue)
                                    .sum();
                    visits.merge(device.device().description().id(), beside, Double::sum);
                },
                (step, index) -> {
                    long start = System.nanoTime();
                    evaluate(step);
                    steps.put(index, (System.nanoTime() - start) * 1e-9);
                });
        return new StepTimes(steps, visits);
    }

    private void steps(Exchange exchange) {
        visit((device, from, to) -> device.run(from, to, exchange), (step, index) -> evaluate(step));
    }

    /** Does steps of one device that follow each other. */
    private interface Visit {
        void run(DeviceSlot device, int from, int to);
    }

    private void visit(Visit visit, ObjIntConsumer<Step.Evaluate> java) {
        List<Step> steps = plan.steps();
        for (int from = 0; from < steps.size(); ) {
            String device = steps.get(from).device();
            int to = from + 1;
            while (to < steps.size() && steps.get(to).device().equals(device)) {
                to++;
            }
            if (device.equals(DeviceDescription.REFERENCE)) {
                for (int index = from; index < to; index++) {
                    java.accept((Step.Evaluate) steps.get(index), index);
                }
            } else {
                visit.run(devices.get(device), from, to);
            }
            from = to;
        }
    }

    private Tensor copy(String name, int stored) {
        Tensor source = stored < 0 ? graph.constant(name).orElseThrow() : host.get(stored);
        Tensor result = Tensor.allocate(source.type(), source.shape());
        result.data().copyFrom(source.data());
        return result;
    }

    private void evaluate(Step.Evaluate step) {
        Node node = nodes.get(step.node());
        List<Optional<Tensor>> inputs = new ArrayList<>();
        for (int i = 0; i < node.inputs().size(); i++) {
            int stored = step.inputs().get(i);
            inputs.add(stored >= 0 ? Optional.of(host.get(stored)) : graph.constant(node.input(i)));
        }
        List<Tensor> results = Reference.evaluate(graph, node, inputs);
        for (int i = 0; i < results.size(); i++) {
            memory(step.outputs().get(i)).copyFrom(results.get(i).data());
        }
    }

    @Override
    public void close() {
        try {
            Closing.all("slot of " + plan.graph(), devices.values());
        } finally {
            if (arena.scope().isAlive()) {
                arena.close();
            }
        }
    }
}

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
import dev.inlay.trace.EvaluateEvent;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/** The memory of one request, on the host and on every device, and the way through the plan's steps. */
final class Slot implements AutoCloseable {
    private final Deployment deployment;
    private final Graph graph;
    private final Plan plan;
    private final Arena arena = Arena.ofShared();
    private final Map<Integer, Tensor> host = new HashMap<>();
    private final Map<String, DeviceSlot> devices = new LinkedHashMap<>();
    private final Map<String, Node> nodes = new HashMap<>();

    Slot(Deployment deployment, Graph graph, Plan plan, Map<String, DeviceWeights> weights) {
        this.deployment = deployment;
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

    /** What it is a part of. */
    Deployment deployment() {
        return deployment;
    }

    private MemorySegment memory(int stored) {
        return host.get(stored).data();
    }

    Map<String, Tensor> run(Map<String, Tensor> inputs, Request request) {
        plan.inputs()
                .forEach((name, stored) ->
                        memory(stored).copyFrom(inputs.get(name).data()));
        steps(Exchange.NONE, request);
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        plan.outputs().forEach((name, stored) -> outputs.put(name, copy(name, stored)));
        return outputs;
    }

    /** As {@link #run}, with inputs taken from where they lie and outputs left where they are computed. */
    ResidentTensors runResident(Map<String, ResidentTensor> inputs, Request request) {
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
            steps(exchange, request);
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
    Map<Integer, Double> profile(Map<String, Tensor> inputs, Request request) {
        plan.inputs()
                .forEach((name, stored) ->
                        memory(stored).copyFrom(inputs.get(name).data()));
        Map<Integer, Double> steps = new TreeMap<>();
        visit(
                (device, from, to) -> steps.putAll(device.timed(from, to)),
                index -> {
                    long start = System.nanoTime();
                    evaluate(index, request);
                    steps.put(index, (System.nanoTime() - start) * 1e-9);
                },
                request);
        return steps;
    }

    private void steps(Exchange exchange, Request request) {
        visit(
                (device, from, to) -> device.run(from, to, exchange, request),
                index -> evaluate(index, request),
                request);
    }

    /** Does steps of one device that follow each other. */
    private interface Visit {
        void run(DeviceSlot device, int from, int to);
    }

    private void visit(Visit visit, IntConsumer java, Request request) {
        List<Step> steps = plan.steps();
        for (int from = 0; from < steps.size(); ) {
            request.stop().check();
            String device = steps.get(from).device();
            int to = from + 1;
            while (to < steps.size() && steps.get(to).device().equals(device)) {
                to++;
            }
            if (device.equals(DeviceDescription.REFERENCE)) {
                for (int step = from; step < to; step++) {
                    request.stop().check();
                    java.accept(step);
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

    private void evaluate(int index, Request request) {
        Step.Evaluate step = (Step.Evaluate) plan.steps().get(index);
        EvaluateEvent event = new EvaluateEvent();
        event.begin();
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
        if (event.shouldCommit()) {
            event.request = request.id();
            event.step = index;
            event.node = step.node();
            event.commit();
        }
    }

    /** Gives everything back; closing twice does nothing. */
    @Override
    public void close() {
        Runnable free = () -> {
            if (arena.scope().isAlive()) {
                arena.close();
            }
        };
        for (DeviceSlot device : devices.values()) {
            Runnable next = free;
            free = () -> device.device().free(next);
        }
        try {
            Closing.all("slot of " + plan.graph(), devices.values());
        } finally {
            free.run();
        }
    }
}

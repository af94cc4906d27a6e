// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import dev.inlay.graph.Graph;
import dev.inlay.graph.Value;
import dev.inlay.plan.Plan;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/**
 * A model ready to run: live devices, uploaded weights, and a number of slots that each hold the memory of one request.
 * Any number of threads may call {@link #run}; those beyond the slots wait.
 */
public final class Session implements AutoCloseable {
    private final Graph graph;
    private final Plan plan;
    private final Map<String, DeviceWeights> weights = new LinkedHashMap<>();
    private final List<Slot> slots = new ArrayList<>();
    private final BlockingQueue<Slot> free;
    private final ReentrantReadWriteLock open = new ReentrantReadWriteLock();
    private boolean closed;

    Session(Engine engine, Graph graph, Plan plan, int slotCount) {
        this.graph = graph;
        this.plan = plan;
        this.free = new ArrayBlockingQueue<>(slotCount);
        try {
            for (String id : plan.openClDevices()) {
                weights.put(id, new DeviceWeights(engine.openCl(id), graph, plan));
            }
            for (int i = 0; i < slotCount; i++) {
                Slot slot = new Slot(graph, plan, weights);
                slots.add(slot);
                free.add(slot);
            }
        } catch (RuntimeException | Error e) {
            Closing.after(e, parts());
            throw e;
        }
    }

    /**
     * Computes the outputs.
     *
     * @param inputs a tensor of the right type and shape for every input of the graph, by name
     * @return a new tensor for every output of the graph, by name, in the graph's order
     * @throws UsageException if the inputs do not fit the graph
     * @throws DeviceException if a device fails; the session stays usable
     */
    public Map<String, Tensor> run(Map<String, Tensor> inputs) {
        Map<String, Value> values = new LinkedHashMap<>();
        inputs.forEach((name, tensor) -> values.put(name, new Value(name, tensor.type(), tensor.shape())));
        check(values);
        return inSlot(slot -> slot.run(inputs));
    }

    /**
     * Computes the outputs and leaves each on the device that computes it, so that another session there can take it
     * without a way over the host. An output that plain Java computes stays on the host.
     *
     * @param inputs a tensor of the right type and shape for every input of the graph, by name; each may lie anywhere
     * @return the outputs, to be closed by the caller
     * @throws UsageException if the inputs do not fit the graph
     * @throws IllegalStateException if an input is closed
     * @throws DeviceException if a device fails; the session stays usable
     */
    public ResidentTensors runResident(Map<String, ResidentTensor> inputs) {
        Map<String, Value> values = new LinkedHashMap<>();
        inputs.forEach((name, tensor) -> values.put(name, new Value(name, tensor.type(), tensor.shape())));
        check(values);
        List<ResidentTensor> held = new ArrayList<>();
        try {
            for (ResidentTensor tensor : inputs.values()) {
                tensor.hold();
                held.add(tensor);
            }
            return inSlot(slot -> slot.runResident(inputs));
        } finally {
            held.forEach(ResidentTensor::release);
        }
    }

    /**
     * The time of every launch of the plan, each repeated by itself on what the last request left. What that computes is
     * thrown away.
     *
     * @param repeats launches of each in a row, at least 1; one more goes before
     * @return seconds of one launch by its position in {@link Plan#steps()}; steps that are no launches are absent
     * @throws DeviceException if a device fails; the session stays usable
     */
    public Map<Integer, Double> launchSeconds(int repeats) {
        return inSlot(slot -> slot.launchSeconds(repeats));
    }

    /**
     * The time of every step in one request as it runs: a launch from the end of the one before it to its own.
     *
     * @param inputs as of {@link #run}
     * @throws UsageException if the inputs do not fit the graph
     * @throws DeviceException if a device fails or keeps no times; the session stays usable
     */
    public StepTimes profile(Map<String, Tensor> inputs) {
        Map<String, Value> values = new LinkedHashMap<>();
        inputs.forEach((name, tensor) -> values.put(name, new Value(name, tensor.type(), tensor.shape())));
        check(values);
        return inSlot(slot -> slot.profile(inputs));
    }

    private <T> T inSlot(Function<Slot, T> work) {
        open.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the session of " + plan.graph() + " is closed");
            }
            Slot slot = free.take();
            try {
                return work.apply(slot);
            } finally {
                free.add(slot);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeviceException("session of " + plan.graph() + ": interrupted while it waited for a slot", e);
        } finally {
            open.readLock().unlock();
        }
    }

    private void check(Map<String, Value> inputs) {
        List<String> names = graph.inputs().stream().map(Value::name).toList();
        for (String name : inputs.keySet()) {
            if (!names.contains(name)) {
                throw new UsageException("input: got \"" + name + "\", expected one of " + names);
            }
        }
        for (Value value : graph.inputs()) {
            Value got = inputs.get(value.name());
            if (got == null) {
                throw new UsageException(
                        "input \"" + value.name() + "\": got none, expected " + value.type() + " " + value.shape());
            }
            if (got.type() != value.type() || !got.shape().equals(value.shape())) {
                throw new UsageException("input \"" + value.name() + "\": got " + got.type() + " " + got.shape()
                        + ", expected " + value.type() + " " + value.shape());
            }
        }
    }

    /** Waits for the requests under way and gives everything back; closing twice does nothing. */
    @Override
    public void close() {
        open.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                Closing.all("session of " + plan.graph(), parts());
            }
        } finally {
            open.writeLock().unlock();
        }
    }

    private List<AutoCloseable> parts() {
        List<AutoCloseable> parts = new ArrayList<>(slots);
        parts.addAll(weights.values());
        return parts;
    }
}

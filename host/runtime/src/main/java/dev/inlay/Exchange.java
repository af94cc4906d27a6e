// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.backend.opencl.binding.ClBuffer;
import dev.inlay.backend.opencl.binding.Sync;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Value;
import dev.inlay.plan.Plan;
import dev.inlay.plan.Step;
import dev.inlay.plan.Stored;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What one run hands over within a device: a transfer from an input that lies on the device already, and a transfer to
 * an output that is to stay there, become copies within the device.
 */
final class Exchange {
    /** A run whose inputs and outputs are all on the host. */
    static final Exchange NONE = new Exchange(Map.of(), Map.of());

    private final Map<Integer, ResidentTensor> given;
    /** By position on the host. */
    private final Map<Integer, Output> staying;

    private final Map<Integer, ResidentTensor> kept = new HashMap<>();

    /** An output that may stay on its device, and whether a later step reads it on the host. */
    private record Output(Value value, boolean hostReads) {}

    private Exchange(Map<Integer, ResidentTensor> given, Map<Integer, Output> staying) {
        this.given = given;
        this.staying = staying;
    }

    /**
     * A run that takes those of {@code inputs} where they lie that lie on {@code devices}, and leaves every output where
     * it is computed.
     */
    static Exchange of(Graph graph, Plan plan, Map<String, ResidentTensor> inputs, Collection<OpenClDevice> devices) {
        Map<Integer, ResidentTensor> given = new HashMap<>();
        plan.inputs().forEach((name, stored) -> {
            ResidentTensor tensor = inputs.get(name);
            if (devices.stream().anyMatch(tensor::liesOn)) {
                given.put(stored, tensor);
            }
        });
        Map<Integer, Output> staying = new HashMap<>();
        plan.outputs()
                .forEach((name, stored) -> staying.put(
                        stored,
                        new Output(graph.value(name), !readers(plan, stored).isEmpty())));
        return new Exchange(given, staying);
    }

    /** Ids of the devices that take a value from its place on the host. */
    private static Set<String> readers(Plan plan, int stored) {
        Set<String> devices = new HashSet<>();
        for (Step step : plan.steps()) {
            boolean reads = switch (step) {
                case Step.Transfer transfer -> transfer.from() == stored;
                case Step.Evaluate evaluate -> evaluate.inputs().contains(stored);
                case Step.Launch launch -> false;
            };
            if (reads) {
                devices.add(step.device());
            }
        }
        return devices;
    }

    /** Whether an input has to be on the host for this run. */
    boolean hostNeeds(Plan plan, int input) {
        ResidentTensor tensor = given.get(input);
        return tensor == null
                || plan.outputs().containsValue(input)
                || !readers(plan, input).stream().allMatch(tensor.device()::equals);
    }

    /** Enqueues the copy of an input that lies on the device; whether it does. */
    boolean fill(OpenClDevice device, Stored source, ClBuffer target, long offset) {
        ResidentTensor tensor = given.get(source.id());
        if (tensor == null || !tensor.liesOn(device)) {
            return false;
        }
        tensor.enqueueCopy(target, offset);
        return true;
    }

    /** Enqueues the copy of an output that stays on the device; whether the host can do without it. */
    boolean keep(OpenClDevice device, Stored target, ClBuffer source, long offset) {
        Output output = staying.get(target.id());
        if (output == null) {
            return false;
        }
        ClBuffer buffer = device.buffer(target.bytes());
        kept.put(
                target.id(),
                ResidentTensor.of(output.value().type(), output.value().shape(), device, buffer));
        device.api().copy(device.queue(), source, offset, buffer, 0, target.bytes(), Sync.NONE);
        return !output.hostReads();
    }

    /** What stayed on devices, by position on the host. */
    Map<Integer, ResidentTensor> kept() {
        return kept;
    }

    /** Gives up what stayed, after a failure. */
    void abandon(Throwable failure) {
        try {
            ResidentTensors.closeAll(kept.values());
        } catch (DeviceException e) {
            failure.addSuppressed(e);
        }
    }
}

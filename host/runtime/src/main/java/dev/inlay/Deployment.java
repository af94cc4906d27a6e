// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import dev.inlay.plan.Plan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A plan on its devices: uploaded weights and slots. */
final class Deployment implements AutoCloseable {
    private final CompiledModel model;
    private final Map<String, DeviceWeights> weights = new LinkedHashMap<>();
    private final List<Slot> slots = new ArrayList<>();
    private final Set<Slot> retired = new HashSet<>();

    /**
     * Builds the programs and uploads the weights.
     *
     * @throws DeviceException if a device fails
     */
    Deployment(Engine engine, CompiledModel model) {
        this.model = model;
        Plan plan = model.plan();
        try {
            for (String id : plan.openClDevices()) {
                weights.put(id, new DeviceWeights(engine.openCl(id), model.graph(), plan));
            }
            for (int i = 0; i < model.options().slots(); i++) {
                slots.add(new Slot(this, model.graph(), plan, weights));
            }
        } catch (RuntimeException | Error e) {
            Closing.after(e, parts());
            throw e;
        }
    }

    CompiledModel model() {
        return model;
    }

    List<Slot> slots() {
        return slots;
    }

    private List<AutoCloseable> parts() {
        List<AutoCloseable> parts = new ArrayList<>(slots);
        parts.addAll(weights.values());
        return parts;
    }

    /** Closes a slot that will not be used again, and with the last one everything. */
    void retire(Slot slot) {
        boolean last;
        synchronized (retired) {
            retired.add(slot);
            last = retired.size() == slots.size();
        }
        if (last) {
            close();
        } else {
            slot.close();
        }
    }

    /** Gives everything back; no slot may be in use. */
    @Override
    public void close() {
        Closing.all("session of " + model.plan().graph(), parts());
    }
}

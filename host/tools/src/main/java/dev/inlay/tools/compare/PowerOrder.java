// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

import dev.inlay.plan.Evidence;
import dev.inlay.plan.LayerWork;
import dev.inlay.plan.model.Estimate;
import dev.inlay.tools.measure.ModelledDevice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Large networks on boards whose draw a source gives, the least draw first. */
public final class PowerOrder {
    private final List<NetworkPower> rows = new ArrayList<>();

    /**
     * Adds a network on every board with a known draw.
     *
     * @param works of a batch
     * @param samples images of the batch
     */
    public void add(String model, String method, List<LayerWork> works, long samples, List<ModelledDevice> boards) {
        long operations = works.stream().mapToLong(LayerWork::operations).sum() / samples;
        for (ModelledDevice board : boards) {
            board.profile().power().ifPresent(watts -> {
                Estimate estimate = board.board().estimate(works, samples);
                rows.add(new NetworkPower(
                        model,
                        method,
                        board.profile().id(),
                        operations,
                        watts.value(),
                        estimate.samplesPerSecond(),
                        estimate.samplesPerSecond() / watts.value(),
                        Evidence.MODELLED));
            });
        }
    }

    /** All of them, by draw, then by images a joule. */
    public List<NetworkPower> rows() {
        return rows.stream()
                .sorted(Comparator.comparingDouble(NetworkPower::watts)
                        .thenComparing(Comparator.comparingDouble(NetworkPower::samplesPerJoule)
                                .reversed()))
                .toList();
    }
}

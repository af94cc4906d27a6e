// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.model;

import dev.inlay.graph.Graph;
import dev.inlay.plan.LayerWork;
import dev.inlay.profile.DeviceProfile;
import java.util.List;
import java.util.Optional;

/** The times of a board, from its profile. */
public sealed interface BoardModel permits PipelineModel, RooflineModel {
    /** The board. */
    DeviceProfile profile();

    /**
     * What a run of layers one after another would take.
     *
     * @param layers in the order in which they run
     * @param samples of a run, at least 1
     */
    Estimate estimate(List<LayerWork> layers, long samples);

    /**
     * What a run of a network would take.
     *
     * @param graph as it is planned: rewritten, with its batch
     */
    default Estimate estimate(Graph graph) {
        boolean single =
                graph.inputs().isEmpty() || graph.inputs().getFirst().shape().rank() == 0;
        long samples =
                single ? 1 : Math.max(1, graph.inputs().getFirst().shape().extent(0));
        return estimate(LayerWork.of(graph), samples);
    }

    /** The model of a profile; empty where the profile lacks a figure that its class's model needs. */
    static Optional<BoardModel> of(DeviceProfile profile) {
        return switch (profile.deviceClass()) {
            case FPGA -> PipelineModel.of(profile).map(BoardModel.class::cast);
            case CPU, GPU -> RooflineModel.of(profile).map(BoardModel.class::cast);
        };
    }
}

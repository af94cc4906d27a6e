// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.model;

import dev.inlay.graph.Graph;
import dev.inlay.profile.DeviceProfile;
import java.util.Optional;

/** The times of a board, from its profile. */
public sealed interface BoardModel permits PipelineModel, RooflineModel {
    /** The board. */
    DeviceProfile profile();

    /**
     * What a run of a network would take.
     *
     * @param graph as it is planned: rewritten, with its batch
     */
    Estimate estimate(Graph graph);

    /** The model of a profile; empty where the profile lacks a figure that its class's model needs. */
    static Optional<BoardModel> of(DeviceProfile profile) {
        return switch (profile.deviceClass()) {
            case FPGA -> PipelineModel.of(profile).map(BoardModel.class::cast);
            case CPU, GPU -> RooflineModel.of(profile).map(BoardModel.class::cast);
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Graph;
import dev.inlay.graph.Value;
import dev.inlay.plan.MultiplyAdd;
import dev.inlay.plan.Roofline;
import dev.inlay.profile.Carrier;
import dev.inlay.profile.DeviceProfile;
import dev.inlay.profile.ProfileCatalog;
import dev.inlay.profile.Resource;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Estimates of one matrix product, which can be reckoned by hand. */
final class BoardModelTest {
    private static final DeviceProfile STRATIX = ProfileCatalog.shipped().board("stratix10-gx2800");
    private static final DeviceProfile TITAN = ProfileCatalog.shipped().board("titan-x-pascal");

    private static Graph product(int rows, int channels, int outputs) {
        return Graph.builder("g")
                .input(new Value("x", ElementType.FLOAT32, Shape.of(rows, channels)))
                .constant("w", Tensor.allocate(ElementType.FLOAT32, Shape.of(channels, outputs)))
                .node("product", new Contraction.MatMul(Epilogue.NONE), List.of("x", "w"), "y")
                .output("y")
                .build();
    }

    @Test
    void theClassChoosesTheModel() {
        assertInstanceOf(PipelineModel.class, BoardModel.of(STRATIX).orElseThrow());
        assertInstanceOf(RooflineModel.class, BoardModel.of(TITAN).orElseThrow());
        assertTrue(BoardModel.of(ProfileCatalog.shipped().board("oclgrind")).isEmpty(), "a profile without any figure");
    }

    @Test
    void aPipelineIsBoundByItsMultipliersOrItsMemory() {
        Design design =
                new Design(List.of(new Design.Array(MultiplyAdd.F32, 8, 16, 1)), 200, Design.Buffers.WHOLE, Map.of());
        BoardModel board = new PipelineModel(STRATIX, Optional.of(design));
        Estimate large = board.estimate(product(1000, 100, 100));
        // 13 steps of 8 channels, 7 passes of 16 outputs, 1000 pixels.
        assertEquals(13 * 7 * 1000 / 200e6, large.seconds(), 2e-6);
        assertEquals(Roofline.Bound.COMPUTE, large.bound());
        assertEquals(1000, large.samplesPerSecond() * large.seconds(), 1e-6);
        Estimate row = board.estimate(product(1, 4096, 64));
        assertEquals(Roofline.Bound.MEMORY, row.bound());
        assertTrue(row.seconds() >= 4 * 4096 * 64 / 68.9e9, row.toString());
    }

    @Test
    void aDesignFitsTheBoard() {
        Estimate estimate = BoardModel.of(STRATIX).orElseThrow().estimate(product(1000, 1024, 1024));
        Design design = estimate.design().orElseThrow();
        double blocks = design.used().get(Resource.DSP);
        assertTrue(blocks > 0.7 * 5760 && blocks < 0.9 * 5760, design.toString());
        assertTrue(estimate.joulesPerSample().isEmpty(), "the profile has no power");
    }

    @Test
    void aGpuReachesNoMoreThanItsCeilings() {
        Estimate estimate = BoardModel.of(TITAN).orElseThrow().estimate(product(4096, 4096, 4096));
        double peak = TITAN.peakOperationsPerSecond(Carrier.F32).orElseThrow();
        assertTrue(estimate.seconds() >= 2.0 * 4096 * 4096 * 4096 / peak);
        assertTrue(estimate.design().isEmpty());
        assertEquals(
                250 / estimate.samplesPerSecond(), estimate.joulesPerSample().orElseThrow(), 1e-9);
    }
}

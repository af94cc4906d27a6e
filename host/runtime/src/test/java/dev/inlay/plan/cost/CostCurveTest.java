// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.kernels.KernelId;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Step;
import dev.inlay.plan.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class CostCurveTest {
    private static final String KERNEL = "contract.dense.cpu";

    private static CostCurve.Sample sample(Workload workload, double seconds) {
        return new CostCurve.Sample(workload, seconds);
    }

    private static Workload workload(Map<String, String> defines, long operations, long bytes) {
        return Workload.of(KernelId.of(KERNEL, defines), new Work("f32", operations, bytes));
    }

    /** Steps whose time is known to the last digit. */
    private static List<CostCurve.Sample> exact(Map<String, String> defines, int count, double perOperation) {
        SplittableRandom random = new SplittableRandom(3);
        List<CostCurve.Sample> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Workload workload = workload(defines, 1 << random.nextInt(10, 30), 1 << random.nextInt(8, 26));
            double cold = workload.coldBytes() * 3e-10;
            samples.add(
                    sample(workload, 5e-6 + perOperation * workload.operations() + 1e-10 * workload.bytes() + cold));
        }
        return samples;
    }

    @Test
    void exactTimesGiveTheirCoefficientsBack() {
        CostCurve curve = CostCurve.fitted(exact(Map.of(), 60, 2e-11));
        assertEquals(5e-6, curve.fixedSeconds(), 5e-8);
        assertEquals(2e-11, curve.secondsPerOperation(), 2e-13);
        assertEquals(1e-10, curve.secondsPerByte(), 5e-12);
        assertEquals(3e-10, curve.secondsPerColdByte(), 2e-11);
    }

    @Test
    void noCoefficientIsNegativeWhenTimesFallWithWork() {
        List<CostCurve.Sample> samples = new ArrayList<>();
        for (int i = 1; i < 20; i++) {
            samples.add(sample(workload(Map.of(), i * 1000L, 64), 1.0 / i));
        }
        CostCurve curve = CostCurve.fitted(samples);
        assertTrue(curve.fixedSeconds() >= 0 && curve.secondsPerOperation() >= 0 && curve.secondsPerByte() >= 0);
        assertTrue(curve.seconds(workload(Map.of(), 5_000_000, 64)) > 0);
    }

    @Test
    void aKernelThatWasNotMeasuredTakesWhatItsNextOfKinTakes() {
        Map<String, String> measured = Map.of("MR", "4");
        CostModel costs = new CostModel(
                List.of(new Calibration(Calibration.SCHEMA_VERSION, "d", "1", 7e-6, exact(measured, 30, 2e-11))),
                Map.of());
        Workload same = workload(measured, 1 << 20, 1 << 12);
        Workload otherTile = workload(Map.of("MR", "2"), 1 << 20, 1 << 12);
        Workload otherFormat = workload(Map.of("CARRIER", "u8s8"), 1 << 20, 1 << 12);
        double expected = 5e-6 + (1 << 20) * 2e-11 + (1 << 12) * 1e-10;
        assertEquals(expected, costs.seconds("d", same), 0.02 * expected);
        assertEquals(expected, costs.seconds("d", otherTile), 0.02 * expected);
        assertTrue(costs.isMeasured("d", otherTile), "another tile of a measured format");
        assertEquals(expected, costs.seconds("d", otherFormat), 0.02 * expected);
        assertTrue(!costs.isMeasured("d", otherFormat), "a format that was not measured");
        assertEquals(7e-6, costs.visitSeconds("d"));
    }

    @Test
    void coresThatDoNotEndTogetherCountAsBusy() {
        DeviceDescription two = device(2);
        assertEquals(2.0, ratio(two, 1), "one group on two cores");
        assertEquals(4.0 / 3, ratio(two, 3), 1e-12, "three groups on two cores");
        assertEquals(1.0, ratio(two, 8), "eight groups on two cores");
    }

    private static double ratio(DeviceDescription device, long groups) {
        Step.Launch launch = new Step.Launch(
                "d",
                "n",
                KernelId.of(KERNEL, Map.of()),
                Map.of(),
                List.of(groups * 4, 1L, 1L),
                List.of(4L, 1L, 1L),
                new Work("f32", 1000, 64),
                Optional.empty());
        return Workload.of(launch, device).operations() / 1000;
    }

    private static DeviceDescription device(int units) {
        DeviceDescription any = DeviceDescription.reference();
        return new DeviceDescription(
                "d",
                any.platform(),
                any.name(),
                any.deviceClass(),
                any.type(),
                any.driver(),
                any.binding(),
                any.evidence(),
                any.memoryBytes(),
                any.maxAllocationBytes(),
                64,
                units,
                8,
                any.features(),
                any.tuning(),
                false,
                Optional.empty());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.inlay.backend.opencl.BinaryCache;
import dev.inlay.kernels.KernelId;
import dev.inlay.plan.DeviceClass;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Work;
import dev.inlay.plan.cost.Calibration;
import dev.inlay.plan.cost.CostCurve;
import dev.inlay.plan.cost.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CalibrationsTest {
    private static final DeviceDescription DEVICE = DeviceDescription.reference();

    @TempDir
    private Path folder;

    private Calibrations calibrations() {
        return new Calibrations(Engine.none("a test"), new BinaryCache(folder.resolve("c"), 1 << 20));
    }

    private static Calibration calibration() {
        Workload workload =
                Workload.of(KernelId.of("move.copy", Map.of("ELEMENT", "uchar")), new Work("f32", 7, 1 << 24));
        return new Calibration(
                Calibration.SCHEMA_VERSION,
                DEVICE.id(),
                DEVICE.driver(),
                3e-5,
                List.of(new CostCurve.Sample(workload, 1e-3), new CostCurve.Sample(Workload.upload(64), 2e-6)));
    }

    @Test
    void whatWasMeasuredOutlivesTheProcess() {
        assertEquals(Optional.empty(), calibrations().of(DEVICE));
        calibrations().keep(DEVICE, calibration());
        assertEquals(Optional.of(calibration()), calibrations().of(DEVICE));
        assertEquals(
                Optional.empty(), calibrations().of(DEVICE.withClass(DeviceClass.GPU)), "measured with other kernels");
    }

    @Test
    void aDamagedEntryIsMeasuredAgain() throws IOException {
        calibrations().keep(DEVICE, calibration());
        try (Stream<Path> entries = Files.list(folder.resolve("c"))) {
            for (Path entry : entries.toList()) {
                byte[] bytes = Files.readAllBytes(entry);
                bytes[bytes.length / 2]++;
                Files.write(entry, bytes);
            }
        }
        assertEquals(Optional.empty(), calibrations().of(DEVICE));
    }

    @Test
    void theOldestSamplesGoFirst() {
        Calibration full = calibration();
        CostCurve.Sample last = new CostCurve.Sample(Workload.download(8), 1);
        for (int i = 0; i < 13; i++) {
            full = full.with(full.samples());
        }
        Calibration more = full.with(List.of(last));
        assertEquals(8192, more.samples().size());
        assertEquals(last, more.samples().getLast());
    }
}

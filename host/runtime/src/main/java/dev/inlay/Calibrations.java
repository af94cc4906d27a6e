// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.inlay.backend.opencl.BinaryCache;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.cost.Calibration;
import dev.inlay.plan.cost.TuningFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Calibrations that outlive the process, one for every device and driver. */
final class Calibrations {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The formats that are measured when a plan needs figures and nobody asked for more. */
    private static final List<TuningFormat> FORMATS = List.of(TuningFormat.F32, TuningFormat.BYTES);

    private final Engine engine;
    private final BinaryCache cache;

    Calibrations(Engine engine, BinaryCache cache) {
        this.engine = engine;
        this.cache = cache;
    }

    /** What was measured on a device before; empty if nothing was, or with another driver. */
    Optional<Calibration> of(DeviceDescription device) {
        return cache.get(key(device)).flatMap(bytes -> {
            try {
                return Optional.of(JSON.readValue(bytes, Calibration.class));
            } catch (IOException e) {
                // It is measured again.
                return Optional.empty();
            }
        });
    }

    /** What was measured on a device, which is measured now if it never was. */
    Calibration ofNowOrBefore(DeviceDescription device) {
        return of(device).orElseGet(() -> {
            Calibration calibration = Tuner.calibrate(engine, device, FORMATS, name -> {});
            keep(device, calibration);
            return calibration;
        });
    }

    void keep(DeviceDescription device, Calibration calibration) {
        try {
            cache.put(key(device), JSON.writeValueAsBytes(calibration));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("a calibration has no JSON", e);
        }
    }

    private static String key(DeviceDescription device) {
        return BinaryCache.key(
                "calibration",
                Integer.toString(Calibration.SCHEMA_VERSION),
                device.id(),
                device.platform(),
                device.name(),
                device.driver(),
                device.deviceClass().name(),
                Integer.toString(device.computeUnits()),
                new TreeSet<>(device.features()).toString());
    }
}

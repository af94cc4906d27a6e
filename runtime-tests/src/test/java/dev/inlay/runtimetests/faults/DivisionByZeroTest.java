// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.inlay.CompileOptions;
import dev.inlay.Engine;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.runtimetests.platform.Engines;
import dev.inlay.runtimetests.platform.Network;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Drivers that take over the processor's traps do not take them from Java. */
@Tag("opencl")
final class DivisionByZeroTest {
    // Volatile, so that no compiler knows the divisor.
    private static volatile int zero;

    @Test
    void divisionByZeroStillThrows() {
        Engine engine = Engines.current();
        for (DeviceDescription device : Engines.devices()) {
            int outputs = Network.twoLayers()
                    .answer(engine, CompileOptions.on(device.id()), 1)
                    .size();
            assertEquals(1, outputs);
            for (int i = 0; i < 1_000; i++) {
                assertThrows(ArithmeticException.class, () -> Integer.toString(outputs / zero));
            }
        }
        assertEquals(
                List.of(),
                engine.notices().stream()
                        .filter(each -> each.contains("SIGFPE"))
                        .toList());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples;

import dev.inlay.Engine;
import dev.inlay.plan.DeviceDescription;

/**
 * An engine finds every OpenCL device, and always has the plain-Java {@code reference}; what is missing it says in its
 * notices.
 *
 * <pre>
 * java --enable-native-access=ALL-UNNAMED -cp 'host/tools/target/lib/*' \
 *     samples/src/main/java/dev/inlay/samples/S01ListDevices.java
 * </pre>
 */
public final class S01ListDevices {
    private S01ListDevices() {}

    public static void main(String... args) {
        try (Engine engine = Engine.open()) {
            for (DeviceDescription device : engine.devices()) {
                System.out.println(device.id() + "  " + device.deviceClass() + "  " + device.name());
            }
            engine.notices().forEach(System.err::println);
        }
    }
}

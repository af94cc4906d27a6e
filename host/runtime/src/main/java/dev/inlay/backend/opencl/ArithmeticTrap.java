// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl;

import java.util.Optional;

/**
 * Whether integer division by zero still throws. The Java VM turns the processor's trap into an ArithmeticException; a
 * driver that puts its own handler in the way makes every such division in the process answer rubbish instead. To be
 * asked once all drivers are loaded.
 */
public final class ArithmeticTrap {
    // Volatile, so that no compiler knows the divisor.
    private static volatile int zero;

    private ArithmeticTrap() {}

    /** What to tell the user, one line; empty when the trap works. */
    public static Optional<String> warning() {
        try {
            int answer = 7 / zero;
            return Optional.of("7 / 0 answered " + answer + " where Java expects an ArithmeticException: an OpenCL"
                    + " driver took over SIGFPE; set POCL_SIGFPE_HANDLER=0 in the environment before starting Java");
        } catch (ArithmeticException _) {
            return Optional.empty();
        }
    }
}

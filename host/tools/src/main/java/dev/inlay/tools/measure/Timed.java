// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

/**
 * A launch and what it does.
 *
 * @param operations operations, or bytes, of one launch
 */
record Timed(KernelLaunch launch, double operations) {
    /** 10^9 of them a second of so many launches. */
    double gops(int times) {
        return operations * times / launch.nanos(times);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

/**
 * When a command went through its stages, in nanoseconds of the device's own clock.
 *
 * @param queued the host enqueued it
 * @param submitted the queue handed it to the device
 * @param started the device began
 * @param ended the device was done
 */
public record EventProfile(long queued, long submitted, long started, long ended) {
    /** Nanoseconds the device worked on it. */
    public long duration() {
        return ended - started;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

/** How far a command has come. */
public sealed interface EventStatus {
    /** A command that goes well so far. */
    enum Progress implements EventStatus {
        COMPLETE,
        RUNNING,
        SUBMITTED,
        QUEUED
    }

    /** A command that ended in an error. */
    record Failed(ClStatus status) implements EventStatus {}

    /**
     * For bindings.
     *
     * @param code CL_EVENT_COMMAND_EXECUTION_STATUS, 0 to 3 or negative
     * @throws IllegalArgumentException for any other code
     */
    static EventStatus of(int code) {
        if (code > 3) {
            throw new IllegalArgumentException("got execution status " + code + ", expected 0 to 3 or negative");
        }
        return code < 0 ? new Failed(new ClStatus(code)) : Progress.values()[code];
    }
}

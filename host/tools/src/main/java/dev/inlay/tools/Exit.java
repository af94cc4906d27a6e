// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

/** How a verb ended. */
public enum Exit {
    DONE(0),
    /** The verb ran, and what it checks does not hold. */
    NOT_HELD(1),
    /** An unknown flag, device, data set or node, or a value that does not fit. */
    USAGE(2),
    /** A model, tensor or file cannot be used. */
    UNUSABLE(3),
    DEVICE_FAILED(4),
    /** Nothing that the caller did: a defect. */
    DEFECT(70);

    private final int code;

    Exit(int code) {
        this.code = code;
    }

    /** The process's exit code. */
    public int code() {
        return code;
    }
}

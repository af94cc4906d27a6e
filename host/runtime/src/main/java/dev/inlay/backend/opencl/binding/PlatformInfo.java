// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

/** What a platform can be asked; every answer is text. */
public enum PlatformInfo {
    /** {@code FULL_PROFILE} or {@code EMBEDDED_PROFILE}. */
    PROFILE(0x0900),
    /** {@code OpenCL <major>.<minor> <vendor's own words>}. */
    VERSION(0x0901),
    NAME(0x0902),
    VENDOR(0x0903),
    /** Names separated by blanks. */
    EXTENSIONS(0x0904);

    private final int code;

    PlatformInfo(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

/** The value of one kernel argument. */
public sealed interface Arg {
    /** A {@code __global} or {@code __constant} pointer. */
    record Buffer(ClBuffer buffer) implements Arg {}

    /** An {@code int} or {@code uint}. */
    record Int32(int value) implements Arg {}

    /** A {@code long} or {@code ulong}. */
    record Int64(long value) implements Arg {}

    /** A {@code float}. */
    record Float32(float value) implements Arg {}

    /**
     * A {@code __local} pointer.
     *
     * @param bytes the work-group's memory behind it, above zero
     */
    record Local(long bytes) implements Arg {}

    static Arg of(ClBuffer buffer) {
        return new Buffer(buffer);
    }

    static Arg of(int value) {
        return new Int32(value);
    }

    static Arg of(long value) {
        return new Int64(value);
    }

    static Arg of(float value) {
        return new Float32(value);
    }

    /** A {@code __local} pointer to that many bytes. */
    static Arg local(long bytes) {
        return new Local(bytes);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An OpenCL object that its creator must give back through {@link ClApi#release}. Two objects are equal only when they
 * are the same one: drivers hand the address of a released object out again.
 */
public abstract sealed class ClObject permits ClBuffer, ClContext, ClEvent, ClKernel, ClProgram, ClQueue, ClSubDevice {
    private final Object peer;
    private final AtomicBoolean released = new AtomicBoolean();

    ClObject(Object peer) {
        this.peer = peer;
    }

    /**
     * The binding's own handle.
     *
     * @throws IllegalStateException after the release, where a driver would crash or act on a stranger's object
     */
    public final Object peer() {
        if (released.get()) {
            throw new IllegalStateException("the " + kind() + " was used after its release; expected a live one");
        }
        return peer;
    }

    /** What it is, in one lower-case word: {@code buffer}, {@code kernel}, … */
    public final String kind() {
        return getClass().getSimpleName().substring(2).toLowerCase(Locale.ROOT);
    }

    public final boolean isReleased() {
        return released.get();
    }

    /** For bindings: the handle to release, the first time; empty ever after. */
    public final Optional<Object> retire() {
        return released.compareAndSet(false, true) ? Optional.of(peer) : Optional.empty();
    }

    @Override
    public final String toString() {
        return kind() + (released.get() ? "[released]" : "[" + peer + "]");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

/** A part of a device that works as a device of its own until it is released. */
public final class ClSubDevice extends ClObject {
    /** For bindings: wraps a handle that carries one reference. */
    public ClSubDevice(Object peer) {
        super(peer);
    }

    /**
     * The device to use in all calls.
     *
     * @throws IllegalStateException after the release
     */
    public ClDevice device() {
        return new ClDevice(peer());
    }
}

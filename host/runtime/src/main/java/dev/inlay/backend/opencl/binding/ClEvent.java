// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

/** The completion of one command. */
public final class ClEvent extends ClObject {
    /** For bindings: wraps a handle that carries one reference. */
    public ClEvent(Object peer) {
        super(peer);
    }
}

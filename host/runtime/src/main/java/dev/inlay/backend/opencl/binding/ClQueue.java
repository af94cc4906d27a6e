// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

/** An in-order command queue. */
public final class ClQueue extends ClObject {
    /** For bindings: wraps a handle that carries one reference. */
    public ClQueue(Object peer) {
        super(peer);
    }
}

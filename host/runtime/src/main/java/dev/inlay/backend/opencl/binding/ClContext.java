// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

/** A context of one device. */
public final class ClContext extends ClObject {
    /** For bindings: wraps a handle that carries one reference. */
    public ClContext(Object peer) {
        super(peer);
    }
}

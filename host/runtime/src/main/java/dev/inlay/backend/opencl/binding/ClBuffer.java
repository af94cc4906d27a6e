// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

/** A buffer or sub-buffer in device memory. */
public final class ClBuffer extends ClObject {
    /** For bindings: wraps a handle that carries one reference. */
    public ClBuffer(Object peer) {
        super(peer);
    }
}

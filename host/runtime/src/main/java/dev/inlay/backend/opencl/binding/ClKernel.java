// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

/** A kernel with its arguments; set and launched by one thread at a time. */
public final class ClKernel extends ClObject {
    /** For bindings: wraps a handle that carries one reference. */
    public ClKernel(Object peer) {
        super(peer);
    }
}

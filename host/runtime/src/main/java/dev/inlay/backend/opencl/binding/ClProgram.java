// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

/** A program, built or not. */
public final class ClProgram extends ClObject {
    /** For bindings: wraps a handle that carries one reference. */
    public ClProgram(Object peer) {
        super(peer);
    }
}

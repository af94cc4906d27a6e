// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

/** How a binding makes itself known; listed in {@code META-INF/services}, with a public constructor without arguments. */
public interface ClBindingProvider {
    /** One lower-case word, unique on the class path. */
    String name();

    /** Loads the binding's libraries; what goes wrong is in the answer, never an exception. */
    ClBinding load();
}

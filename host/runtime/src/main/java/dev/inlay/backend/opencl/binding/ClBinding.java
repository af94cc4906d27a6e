// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

import java.util.List;
import java.util.ServiceLoader;

/** A binding of OpenCL that was looked for. */
public sealed interface ClBinding {
    /** The binding that is taken when none is named. */
    String DEFAULT = "lwjgl";

    String name();

    /** Ready to be called. It may still list no platform. */
    record Available(String name, ClApi api) implements ClBinding {}

    /**
     * Cannot be used here.
     *
     * @param cause what went wrong, one line
     * @param remedy what to do about it, one line
     */
    record Unavailable(String name, String cause, String remedy) implements ClBinding {}

    /** The names of all bindings on the class path, the default first. */
    static List<String> names() {
        return ServiceLoader.load(ClBindingProvider.class, ClBindingProvider.class.getClassLoader()).stream()
                .map(provider -> provider.get().name())
                .sorted((a, b) -> Boolean.compare(b.equals(DEFAULT), a.equals(DEFAULT)))
                .toList();
    }

    /**
     * Loads a binding and the OpenCL library behind it.
     *
     * @param name one of {@link #names()}
     */
    static ClBinding load(String name) {
        for (ClBindingProvider provider :
                ServiceLoader.load(ClBindingProvider.class, ClBindingProvider.class.getClassLoader())) {
            if (provider.name().equals(name)) {
                return provider.load();
            }
        }
        return new Unavailable(
                name, "no binding is called '" + name + "'", "name one of " + String.join(", ", names()));
    }
}

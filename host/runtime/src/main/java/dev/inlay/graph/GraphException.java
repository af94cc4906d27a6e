// SPDX-License-Identifier: Apache-2.0
package dev.inlay.graph;

/** A model that cannot be used: the message names the place, what was got and what was expected, in one line. */
public final class GraphException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public GraphException(String message) {
        super(message);
    }

    public GraphException(String message, Throwable cause) {
        super(message, cause);
    }
}

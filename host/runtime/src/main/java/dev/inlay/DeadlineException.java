// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

/** A request was not answered by its deadline and was given up; the session goes on. */
public final class DeadlineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DeadlineException(String message) {
        super(message);
    }
}

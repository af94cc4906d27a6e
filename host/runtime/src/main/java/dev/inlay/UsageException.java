// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

/** The caller asked for something that does not exist or does not fit: a device, a node, a tensor's name or shape. */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UsageException(String message) {
        super(message);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

/** No partition meets the limits, or a price that the objective needs is not known: one line, with got and expected. */
public final class PartitionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PartitionException(String message) {
        super(message);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import java.time.Duration;
import java.util.Optional;

/**
 * How one request is to be run.
 *
 * @param deadline the longest that it may take, waiting included; without one it may take any time
 */
public record RunOptions(Optional<Duration> deadline) {
    /** Without a deadline. */
    public static final RunOptions DEFAULT = new RunOptions(Optional.empty());

    public RunOptions {
        deadline.filter(time -> !time.isPositive()).ifPresent(time -> {
            throw new IllegalArgumentException("deadline: got " + time + ", expected more than 0");
        });
    }

    /** To be given up after a time. */
    public static RunOptions within(Duration deadline) {
        return new RunOptions(Optional.of(deadline));
    }
}

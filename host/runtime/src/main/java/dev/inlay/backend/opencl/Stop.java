// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Whether work is still wanted. It may be stopped once, by whoever gave it up or by a deadline; what is under way on a
 * device then ends before its next step, and what waits never begins.
 */
public final class Stop {
    /** Work that nobody gives up. */
    public static final Stop NEVER = new Stop(false);

    /** Why it stopped; empty once the work is over. */
    private final CompletableFuture<Reason> reason = new CompletableFuture<>();

    private final boolean possible;

    private sealed interface Reason {
        record GivenUp(RuntimeException why) implements Reason {}

        record Over() implements Reason {}
    }

    private Stop(boolean possible) {
        this.possible = possible;
    }

    /** Work that may be given up. */
    public static Stop possible() {
        return new Stop(true);
    }

    /** Gives the work up, unless that was done before or the work is over. */
    public void now(RuntimeException why) {
        if (possible) {
            reason.complete(new Reason.GivenUp(why));
        }
    }

    /** Gives the work up after a time, unless it is over by then. */
    public void after(Duration time, RuntimeException why) {
        reason.completeOnTimeout(new Reason.GivenUp(why), time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** The work is over; it cannot be given up any more. */
    public void over() {
        if (possible) {
            reason.complete(new Reason.Over());
        }
    }

    /**
     * Goes on if the work is wanted.
     *
     * @throws RuntimeException why it was given up
     */
    public void check() {
        if (reason.getNow(new Reason.Over()) instanceof Reason.GivenUp(RuntimeException why)) {
            throw why;
        }
    }

    /**
     * Is told when the work is given up, at once if it was; must not block.
     *
     * @param told takes why
     */
    public void whenStopped(Consumer<RuntimeException> told) {
        if (possible) {
            CompletableFuture<Void> _ = reason.thenAccept(end -> {
                if (end instanceof Reason.GivenUp(RuntimeException why)) {
                    told.accept(why);
                }
            });
        }
    }
}

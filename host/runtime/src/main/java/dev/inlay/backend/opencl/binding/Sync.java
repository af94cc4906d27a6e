// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

import java.util.List;

/**
 * What a command waits for beside its place in the queue, and whether it answers with an event. In an in-order queue
 * most commands need neither.
 *
 * @param after events of the same context that must complete first
 * @param signals whether the call returns an event, which the caller must release
 */
public record Sync(List<ClEvent> after, boolean signals) {
    /** Waits for nothing more and returns no event. */
    public static final Sync NONE = new Sync(List.of(), false);

    /** Waits for nothing more and returns an event. */
    public static final Sync SIGNAL = new Sync(List.of(), true);

    public Sync {
        after = List.copyOf(after);
    }

    /** Waits for these events and returns no event. */
    public static Sync after(ClEvent... events) {
        return new Sync(List.of(events), false);
    }

    /** The same, and returns an event. */
    public Sync andSignal() {
        return new Sync(after, true);
    }
}

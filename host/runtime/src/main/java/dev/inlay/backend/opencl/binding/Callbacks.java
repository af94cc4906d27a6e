// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Receivers of what drivers call back with, known to the driver by a number only: a driver that calls late, or twice,
 * finds nobody instead of freed memory.
 *
 * @param <T> what a receiver takes
 */
public final class Callbacks<T> {
    private final Map<Long, Consumer<T>> receivers = new ConcurrentHashMap<>();
    private final AtomicLong last = new AtomicLong();

    /** Keeps a receiver; the number is never zero and never given twice. */
    public long add(Consumer<T> receiver) {
        long id = last.incrementAndGet();
        receivers.put(id, receiver);
        return id;
    }

    public void remove(long id) {
        receivers.remove(id);
    }

    /** Hands a value over, as often as the driver likes. */
    public void deliver(long id, T value) {
        Optional.ofNullable(receivers.get(id)).ifPresent(receiver -> guarded(receiver, value));
    }

    /** Hands a value over and forgets the receiver. */
    public void deliverOnce(long id, T value) {
        Optional.ofNullable(receivers.remove(id)).ifPresent(receiver -> guarded(receiver, value));
    }

    // An exception must not reach the driver's frames.
    @SuppressWarnings("CatchAndPrintStackTrace")
    private static <T> void guarded(Consumer<T> receiver, T value) {
        try {
            receiver.accept(value);
        } catch (RuntimeException | Error e) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl;

import dev.inlay.DeviceException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that makes a device's calls, and the watch over it.
 *
 * <p>Owners take turns, and the tasks of one owner keep their order, so that an owner that floods the device holds up
 * nobody for longer than one task.
 *
 * <p>Who waits for a task watches the thread: when a step takes longer than the patience, the device is lost. Every task
 * then fails and none is taken any more, but for those that give things back: they wait until the driver answers after
 * all, because until then it may touch what they free. A thread that is never answered is left behind; it is a daemon.
 */
final class Dispatcher {
    private static final Logger LOG = LogManager.getLogger(Dispatcher.class);

    private final String device;
    private final Duration patience;
    private final Thread thread;
    private final Map<Object, Deque<Task<?>>> waiting = new LinkedHashMap<>();
    private boolean closed;
    private @Nullable Task<?> running;
    private volatile Optional<String> lost = Optional.empty();
    private volatile Optional<Activity> activity = Optional.empty();

    /** What the thread is at, since when. */
    private record Activity(Supplier<String> what, long since) {}

    /**
     * @param device its id
     * @param patience the longest that one step may take
     */
    Dispatcher(String device, Duration patience) {
        this.device = device;
        this.patience = patience;
        this.thread = Thread.ofPlatform().daemon().name("inlay " + device).unstarted(this::work);
    }

    /** A task, which begins once or never. */
    private static final class Task<T extends @Nullable Object> {
        private final String what;
        private final Callable<T> work;
        private final boolean givesBack;
        private final AtomicBoolean taken = new AtomicBoolean();
        private final CompletableFuture<T> result = new CompletableFuture<>();

        Task(String what, Callable<T> work, boolean givesBack) {
            this.what = what;
            this.work = work;
            this.givesBack = givesBack;
        }

        void run() {
            try {
                result.complete(work.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        }

        /** Ends it before it begins; afterwards it never will. */
        void giveUp(RuntimeException why) {
            if (taken.compareAndSet(false, true)) {
                result.completeExceptionally(why);
            }
        }
    }

    /**
     * Runs a task on the thread and waits for it. An interrupt does not end the wait, because the task may be at work on
     * the caller's memory; it is kept for the caller.
     *
     * @param owner whose turn it takes
     * @param stop ends the wait if the task has not begun
     * @throws ExecutionException with what the task threw, or with why it was stopped or lost
     * @throws IllegalStateException if the dispatcher is closed
     */
    <T extends @Nullable Object> T call(Object owner, String what, Stop stop, Callable<T> work)
            throws ExecutionException {
        Task<T> task = new Task<>(what, work, false);
        enter(owner, task);
        stop.whenStopped(task::giveUp);
        return await(task);
    }

    /**
     * Runs a task that gives things back and waits for it; on a lost device it is left to be done when the driver answers
     * after all.
     *
     * @throws ExecutionException with what the task threw
     * @throws IllegalStateException if the dispatcher is closed
     */
    void giveBack(Object owner, String what, Callable<?> work) throws ExecutionException {
        Task<Object> task = new Task<>(
                what,
                () -> {
                    work.call();
                    return what;
                },
                true);
        enter(owner, task);
        Object _ = await(task);
    }

    private synchronized void enter(Object owner, Task<?> task) {
        if (lost.isPresent()) {
            if (!task.givesBack) {
                throw lost(task.what);
            }
            task.result.complete(null);
        } else if (closed) {
            throw new IllegalStateException("device " + device + ": " + task.what + ": the device is closed");
        }
        waiting.computeIfAbsent(owner, _ -> new ArrayDeque<>()).add(task);
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        }
        notifyAll();
    }

    private <T extends @Nullable Object> T await(Task<T> task) throws ExecutionException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.result.get(nanosLeft(), TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    loseIfStuck();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private long nanosLeft() {
        long spent = activity.map(now -> System.nanoTime() - now.since()).orElse(0L);
        return Math.max(1, patience.toNanos() - spent);
    }

    private synchronized void loseIfStuck() {
        if (activity.isEmpty() || nanosLeft() > 1 || lost.isPresent()) {
            return;
        }
        String what = activity.get().what().get();
        lost = Optional.of(what + ": no answer for " + seconds() + "; the device is lost");
        LOG.warn("device {}: {}", device, lost.get());
        List<Task<?>> all = new ArrayList<>();
        waiting.values().forEach(all::addAll);
        for (Task<?> task : all) {
            if (task.givesBack) {
                task.result.complete(null);
            } else {
                task.giveUp(lost(task.what));
            }
        }
        if (running != null) {
            running.result.completeExceptionally(lost(running.what));
        }
    }

    private String seconds() {
        return patience.toMillis() / 1e3 + " s";
    }

    private DeviceException lost(String what) {
        return new DeviceException(device, "device " + device + ": " + what + ": " + lost.orElseThrow());
    }

    /** Whether the driver did not answer in time. */
    boolean isLost() {
        return lost.isPresent();
    }

    /**
     * Says what the thread does next; on the thread only.
     *
     * @throws DeviceException if the device was given up for lost meanwhile
     */
    void step(Supplier<String> what) {
        if (lost.isPresent()) {
            throw lost(what.get());
        }
        activity = Optional.of(new Activity(what, System.nanoTime()));
    }

    private void work() {
        for (Optional<Task<?>> task = next(); task.isPresent(); task = next()) {
            task.get().run();
        }
    }

    /** The next task, with its owner put last; empty when there will be none. */
    private synchronized Optional<Task<?>> next() {
        running = null;
        activity = Optional.empty();
        while (true) {
            while (!waiting.isEmpty()) {
                Object owner = waiting.keySet().iterator().next();
                Deque<Task<?>> tasks = waiting.remove(owner);
                Task<?> task = tasks.remove();
                if (!tasks.isEmpty()) {
                    waiting.put(owner, tasks);
                }
                if (task.taken.compareAndSet(false, true)) {
                    running = task;
                    activity = Optional.of(new Activity(() -> task.what, System.nanoTime()));
                    return Optional.of(task);
                }
            }
            if (closed) {
                return Optional.empty();
            }
            try {
                wait();
            } catch (InterruptedException e) {
                // Nobody has a reason to interrupt it, and its tasks must be done.
            }
        }
    }

    /** Takes no further tasks; those that wait are done, and waited for unless the device is lost. */
    void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        if (isLost()) {
            LOG.warn("device {}: its thread is left behind, waiting for the driver", device);
        } else if (thread.getState() != Thread.State.NEW) {
            joinThread();
        }
    }

    private void joinThread() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** Where requests wait for a slot of their session, first come, first served. */
final class Line {
    private final String name;
    private final int capacity;
    private final Deque<Slot> free = new ArrayDeque<>();
    private final Deque<Ticket> waiting = new ArrayDeque<>();
    /** Slots that serve this line; one that does not, and comes back, is handed to {@code outgoing}. */
    private final Set<Slot> members = new HashSet<>();

    private final Consumer<Slot> outgoing;
    private int busy;
    private boolean closed;

    /**
     * @param name of the session, for messages
     * @param capacity requests that may wait when they are {@code bounded}
     * @param outgoing takes each slot that was replaced, once nobody uses it
     */
    Line(String name, int capacity, Consumer<Slot> outgoing) {
        this.name = name;
        this.capacity = capacity;
        this.outgoing = outgoing;
    }

    /** A place in the line. */
    final class Ticket {
        private final CompletableFuture<Slot> slot = new CompletableFuture<>();

        private Ticket() {}

        /**
         * Waits for the slot, which the caller must give back.
         *
         * @throws DeviceException if the thread is interrupted
         * @throws RuntimeException why the request was given up
         * @throws IllegalStateException if the session was closed meanwhile
         */
        Slot await() {
            try {
                return slot.get();
            } catch (InterruptedException e) {
                DeviceException why =
                        new DeviceException("session of " + name + ": interrupted while it waited for a slot", e);
                leave(this, why);
                CompletableFuture<Void> _ = slot.thenAccept(Line.this::giveBack);
                Thread.currentThread().interrupt();
                throw why;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException why) {
                    throw why;
                }
                throw new IllegalStateException("session of " + name, e);
            }
        }
    }

    /**
     * Takes a place at the end.
     *
     * @param bounded whether the line may be full
     * @throws RejectedExecutionException if it is
     * @throws IllegalStateException if the session is closed
     */
    Ticket enter(Request request, boolean bounded) {
        Ticket ticket = new Ticket();
        synchronized (this) {
            requireOpen();
            if (bounded && free.isEmpty() && waiting.size() >= capacity) {
                throw new RejectedExecutionException("session of " + name + ": got a request while " + waiting.size()
                        + " wait, expected at most " + capacity);
            }
            waiting.add(ticket);
            serve();
        }
        request.stop().whenStopped(why -> leave(ticket, why));
        return ticket;
    }

    /** Takes a place at the head, for a request that had its slot before. */
    Ticket again(Request request) {
        Ticket ticket = new Ticket();
        synchronized (this) {
            requireOpen();
            waiting.addFirst(ticket);
            serve();
        }
        request.stop().whenStopped(why -> leave(ticket, why));
        return ticket;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the session of " + name + " is closed");
        }
    }

    /** Gives the slots that are free to the first who wait. */
    private void serve() {
        while (!free.isEmpty() && !waiting.isEmpty()) {
            busy++;
            waiting.remove().slot.complete(free.remove());
        }
    }

    /** Whether it still waited, and now waits no more. */
    private synchronized boolean leave(Ticket ticket, RuntimeException why) {
        return waiting.remove(ticket) && ticket.slot.completeExceptionally(why);
    }

    /** Adds slots. */
    synchronized void add(Collection<Slot> slots) {
        members.addAll(slots);
        free.addAll(slots);
        serve();
    }

    /** Exchanges slots for others; those that are in use go when they come back. */
    void replace(Collection<Slot> old, Collection<Slot> others) {
        List<Slot> idle;
        synchronized (this) {
            idle = new ArrayList<>(free);
            idle.retainAll(old);
            free.removeAll(idle);
            busy += idle.size();
            members.removeAll(old);
            add(others);
        }
        idle.forEach(this::giveBack);
    }

    /** Takes a slot back. */
    void giveBack(Slot slot) {
        synchronized (this) {
            if (members.contains(slot)) {
                free.add(slot);
                released();
                return;
            }
        }
        try {
            outgoing.accept(slot);
        } finally {
            released();
        }
    }

    private synchronized void released() {
        busy--;
        serve();
        notifyAll();
    }

    /** Requests that wait. */
    synchronized int length() {
        return waiting.size();
    }

    /** Fails who waits, lets nobody in any more, and waits until every slot is back. */
    synchronized void close() {
        closed = true;
        for (Ticket ticket = waiting.poll(); ticket != null; ticket = waiting.poll()) {
            ticket.slot.completeExceptionally(new IllegalStateException("the session of " + name + " is closed"));
        }
        boolean interrupted = false;
        while (busy > 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

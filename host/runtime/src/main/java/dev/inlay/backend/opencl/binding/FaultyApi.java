// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets one call go wrong the way a driver would, for tests that nothing leaks and nothing hangs. A test first counts the
 * calls of a run, then repeats the run with a fault at each of them.
 *
 * <p>Releases are neither counted nor failed. A call that waits (finish, waitEvents) waits before it fails, because host
 * memory is freed on the strength of it.
 */
public final class FaultyApi extends ForwardingApi {
    private static final Set<String> WAITING = Set.of("finish", "waitEvents");

    private final Optional<String> target;
    private final Fault fault;
    private final AtomicInteger calls = new AtomicInteger();
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final Set<ClBuffer> lies = ConcurrentHashMap.newKeySet();
    private final Map<ClKernel, Map<Integer, ClBuffer>> kernelBuffers = new ConcurrentHashMap<>();
    private volatile int failing;

    /** What goes wrong. */
    private sealed interface Fault {
        /** The call answers with an error. */
        record Refusal(ClStatus status) implements Fault {}

        /** The call does not return until it is let go. */
        record Stall() implements Fault {}

        /** The call makes a buffer that every use of fails. */
        record Lie() implements Fault {}
    }

    private FaultyApi(ClApi next, Optional<String> target, int failing, Fault fault) {
        super(next);
        this.target = target;
        this.failing = failing;
        this.fault = fault;
    }

    /** Fails nothing, only counts. */
    public static FaultyApi counting(ClApi next) {
        return failing(next, 0, ClStatus.SUCCESS);
    }

    /**
     * Fails one call of all.
     *
     * @param call which one, the first is 1
     * @param status what it answers
     */
    public static FaultyApi failing(ClApi next, int call, ClStatus status) {
        return new FaultyApi(next, Optional.empty(), call, new Fault.Refusal(status));
    }

    /**
     * Fails one call of a function.
     *
     * @param function the method's name in {@link ClApi}; only its calls are counted
     * @param call which one, the first is 1
     * @param status what it answers
     */
    public static FaultyApi failing(ClApi next, String function, int call, ClStatus status) {
        return new FaultyApi(next, Optional.of(function), call, new Fault.Refusal(status));
    }

    /**
     * Lets one call of all wait for {@link #letGo} before it is made.
     *
     * @param call which one, the first is 1
     */
    public static FaultyApi stalling(ClApi next, int call) {
        return new FaultyApi(next, Optional.empty(), call, new Fault.Stall());
    }

    /**
     * Lies about memory: one buffer is made, and every command that uses it answers CL_MEM_OBJECT_ALLOCATION_FAILURE.
     *
     * @param buffer which one, the first is 1; only calls of createBuffer are counted
     */
    public static FaultyApi lying(ClApi next, int buffer) {
        return new FaultyApi(next, Optional.of("createBuffer"), buffer, new Fault.Lie());
    }

    /** How many calls were made that a fault could have hit, since the last {@link #from}. */
    public int calls() {
        return calls.get();
    }

    /**
     * Counts anew from here and lets another call go wrong.
     *
     * @param call which one, the next is 1; 0 is none
     */
    public void from(int call) {
        failing = call;
        calls.set(0);
    }

    /** Lets the call that stalls go on. */
    public void letGo() {
        letGo.countDown();
    }

    @Override
    protected <T extends @Nullable Object> T around(String function, List<Object> arguments, Supplier<T> call) {
        refuseLies(function, arguments);
        boolean counted =
                !function.equals("release") && target.map(function::equals).orElse(true);
        if (!counted || calls.incrementAndGet() != failing) {
            return call.get();
        }
        return switch (fault) {
            case Fault.Refusal(ClStatus status) -> refuse(function, status, call);
            case Fault.Stall() -> {
                awaitLetGo();
                yield call.get();
            }
            case Fault.Lie() -> {
                T made = call.get();
                if (made instanceof ClBuffer buffer) {
                    lies.add(buffer);
                }
                yield made;
            }
        };
    }

    @SuppressWarnings("unchecked") // the two results are the declared types of their functions
    private static <T extends @Nullable Object> T refuse(String function, ClStatus status, Supplier<T> call) {
        if (WAITING.contains(function)) {
            T _ = call.get();
        }
        if (function.equals("build")) {
            return (T) new BuildResult(status, "injected fault");
        }
        if (function.equals("programFromBinary") && status.equals(ClStatus.INVALID_BINARY)) {
            return (T) new BinaryResult.Refused(status, status);
        }
        throw new ClException(function + " (injected fault)", status);
    }

    private void awaitLetGo() {
        try {
            letGo.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("the thread of a stalled call was interrupted", e);
        }
    }

    private void refuseLies(String function, List<Object> arguments) {
        if (!(fault instanceof Fault.Lie) || function.equals("release")) {
            return;
        }
        if (function.equals("setArg")) {
            if (arguments.get(2) instanceof Arg.Buffer(ClBuffer buffer)) {
                kernelBuffers
                        .computeIfAbsent((ClKernel) arguments.get(0), _ -> new ConcurrentHashMap<>())
                        .put((Integer) arguments.get(1), buffer);
            }
            return;
        }
        for (Object argument : arguments) {
            boolean lie = argument instanceof ClKernel kernel
                    ? kernelBuffers.getOrDefault(kernel, Map.of()).values().stream()
                            .anyMatch(lies::contains)
                    : argument instanceof ClBuffer buffer && lies.contains(buffer);
            if (lie) {
                throw new ClException(function + " (injected lie)", ClStatus.MEM_OBJECT_ALLOCATION_FAILURE);
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets one call fail the way its driver would say it, for tests that nothing leaks and nothing hangs. A test first
 * counts the calls of a run, then repeats the run with a fault at each of them.
 *
 * <p>Releases are neither counted nor failed. A call that waits (finish, waitEvents) waits before it fails, because host
 * memory is freed on the strength of it.
 */
public final class FaultyApi extends ForwardingApi {
    private static final Set<String> WAITING = Set.of("finish", "waitEvents");

    private final Optional<String> target;
    private final int failing;
    private final ClStatus status;
    private final AtomicInteger calls = new AtomicInteger();

    private FaultyApi(ClApi next, Optional<String> target, int failing, ClStatus status) {
        super(next);
        this.target = target;
        this.failing = failing;
        this.status = status;
    }

    /** Fails nothing, only counts. */
    public static FaultyApi counting(ClApi next) {
        return new FaultyApi(next, Optional.empty(), 0, ClStatus.SUCCESS);
    }

    /**
     * Fails one call of all.
     *
     * @param call which one, the first is 1
     * @param status what it answers
     */
    public static FaultyApi failing(ClApi next, int call, ClStatus status) {
        return new FaultyApi(next, Optional.empty(), call, status);
    }

    /**
     * Fails one call of a function.
     *
     * @param function the method's name in {@link ClApi}; only its calls are counted
     * @param call which one, the first is 1
     * @param status what it answers
     */
    public static FaultyApi failing(ClApi next, String function, int call, ClStatus status) {
        return new FaultyApi(next, Optional.of(function), call, status);
    }

    /** How many calls were made that a fault could have hit. */
    public int calls() {
        return calls.get();
    }

    @Override
    @SuppressWarnings("unchecked") // the two results are the declared types of their functions
    protected <T extends @Nullable Object> T around(String function, List<Object> arguments, Supplier<T> call) {
        boolean counted =
                !function.equals("release") && target.map(function::equals).orElse(true);
        if (!counted || calls.incrementAndGet() != failing) {
            return call.get();
        }
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
}

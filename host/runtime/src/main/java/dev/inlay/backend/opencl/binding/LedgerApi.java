// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Keeps the books on objects created and released, for tests that nothing leaks. */
public final class LedgerApi extends ForwardingApi {
    private final Set<ClObject> live = Collections.synchronizedSet(new HashSet<>());

    public LedgerApi(ClApi next) {
        super(next);
    }

    /** How many objects of each kind are not released; empty when nothing leaks. */
    public Map<String, Integer> live() {
        Map<String, Integer> counts = new TreeMap<>();
        synchronized (live) {
            live.forEach(object -> counts.merge(object.kind(), 1, Integer::sum));
        }
        return counts;
    }

    @Override
    protected <T extends @Nullable Object> T around(String function, List<Object> arguments, Supplier<T> call) {
        T result = call.get();
        if (function.equals("release")) {
            live.remove((ClObject) arguments.getFirst());
        }
        created(result).forEach(live::add);
        return result;
    }

    /** The objects that a call's result hands to the caller. */
    static Stream<ClObject> created(@Nullable Object result) {
        return switch (result) {
            case ClObject object -> Stream.of(object);
            case Optional<?> optional -> optional.stream().flatMap(LedgerApi::created);
            case List<?> list -> list.stream().flatMap(LedgerApi::created);
            case BinaryResult.Accepted(ClProgram program) -> Stream.of(program);
            case null, default -> Stream.empty();
        };
    }
}

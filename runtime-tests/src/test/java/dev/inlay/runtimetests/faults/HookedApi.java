// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.faults;

import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.backend.opencl.binding.ForwardingApi;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lets a test act before and after calls. */
class HookedApi extends ForwardingApi {
    HookedApi(ClApi next) {
        super(next);
    }

    /** Before a call; what it throws, the call throws. */
    void before(String function, List<Object> arguments) {}

    /** After a call that succeeded; what it throws, the call throws. */
    void after(String function) {}

    @Override
    protected final <T extends @Nullable Object> T around(String function, List<Object> arguments, Supplier<T> call) {
        before(function, arguments);
        T result = call.get();
        after(function);
        return result;
    }
}

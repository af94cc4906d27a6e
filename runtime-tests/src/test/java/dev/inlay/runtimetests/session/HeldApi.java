// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.session;

import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.backend.opencl.binding.ForwardingApi;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A device that waits before each launch until a test lets it go on, and knows whose requests it took up in order. */
final class HeldApi extends ForwardingApi {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final List<Float> taken = new ArrayList<>();
    private volatile boolean counting;
    private final AtomicInteger launches = new AtomicInteger();

    HeldApi(ClApi next) {
        super(next);
    }

    /** From now on it holds launches, and counts them and the requests. */
    void hold() {
        synchronized (taken) {
            taken.clear();
        }
        counting = true;
    }

    /** Waits until a launch is held. */
    void awaitLaunch() throws InterruptedException {
        if (!reached.await(30, TimeUnit.SECONDS)) {
            throw new AssertionError("no launch came");
        }
    }

    /** Lets the launch that is held go on, and all later ones. */
    void letGo() {
        letGo.countDown();
    }

    /** Launches since {@link #hold}. */
    int launches() {
        return launches.get();
    }

    /** First element of the input of each request since {@link #hold}, in order. */
    List<Float> taken() {
        synchronized (taken) {
            return List.copyOf(taken);
        }
    }

    @Override
    protected <T extends @Nullable Object> T around(String function, List<Object> arguments, Supplier<T> call) {
        if (counting && function.equals("write") && arguments.get(3) instanceof MemorySegment source) {
            synchronized (taken) {
                taken.add(source.get(ValueLayout.JAVA_FLOAT, 0));
            }
        }
        if (counting && function.equals("enqueueNDRange")) {
            reached.countDown();
            try {
                letGo.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException("the device's thread was interrupted", e);
            }
            launches.incrementAndGet();
        }
        return call.get();
    }
}

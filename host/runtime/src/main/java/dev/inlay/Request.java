// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import dev.inlay.backend.opencl.Stop;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One request to a session.
 *
 * @param id unique in this process, from 1
 * @param stop whether it is still wanted
 * @param owner whose turn it takes on a device that several sessions share
 */
record Request(long id, Stop stop, Object owner) {
    private static final AtomicLong LAST = new AtomicLong();

    static Request of(String graph, RunOptions options, Object owner) {
        Request request = new Request(LAST.incrementAndGet(), Stop.possible(), owner);
        options.deadline()
                .ifPresent(time -> request.stop.after(
                        time,
                        new DeadlineException("request " + request.id + " to " + graph + ": got no answer within "
                                + time.toNanos() / 1e6 + " ms, which was its deadline; it was given up")));
        return request;
    }
}

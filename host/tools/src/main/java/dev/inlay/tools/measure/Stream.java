// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import dev.inlay.Session;
import dev.inlay.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;

/** Measures a session that always has requests waiting, so that stages of several overlap. */
public final class Stream {
    private final Session session;
    private final Map<String, Tensor> inputs;
    private final int slots;
    private final Latencies latencies;

    /**
     * @param slots of the session; twice as many requests are kept with it
     * @param latencies takes each request's time from its hand-in to its answer, and the time of all together
     */
    public Stream(Session session, Map<String, Tensor> inputs, int slots, Latencies latencies) {
        this.session = session;
        this.inputs = inputs;
        this.slots = slots;
        this.latencies = latencies;
    }

    private record Sent(long at, CompletableFuture<?> answer) {}

    /**
     * Runs streams in turns, so that all meet the same machine, until each was measured long enough.
     *
     * @param leastSeconds time that each is measured for at least
     * @param leastQueries requests that each is measured over at least
     * @param turnSeconds length of a turn at least
     * @param done told of each measured request
     */
    public static void inTurns(
            double leastSeconds, int leastQueries, double turnSeconds, LongConsumer done, Stream... streams) {
        boolean unfinished = true;
        while (unfinished) {
            unfinished = false;
            for (Stream stream : streams) {
                stream.turn(turnSeconds, done);
                unfinished |= stream.latencies.seconds() < leastSeconds || stream.latencies.queries() < leastQueries;
            }
        }
    }

    /** Measures from where every slot is full to a request's end, with more behind it. */
    private void turn(double seconds, LongConsumer done) {
        Deque<Sent> sent = new ArrayDeque<>();
        for (int answered = 0; answered < slots; answered++) {
            next(sent);
        }
        long begin = System.nanoTime();
        long now = begin;
        while (now - begin < seconds * 1e9) {
            long at = next(sent);
            now = System.nanoTime();
            latencies.add(now - at);
            done.accept(1);
        }
        latencies.spanned(now - begin);
        sent.forEach(each -> each.answer.join());
    }

    /** Fills up and waits for the oldest; when it was sent. */
    private long next(Deque<Sent> sent) {
        while (sent.size() < 2 * slots) {
            sent.add(new Sent(System.nanoTime(), session.runAsync(inputs)));
        }
        Sent oldest = sent.remove();
        oldest.answer.join();
        return oldest.at;
    }
}

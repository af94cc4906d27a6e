// SPDX-License-Identifier: Apache-2.0
package dev.inlay.trace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Event;
import jdk.jfr.Recording;

/** A recording of Inlay's events from its start to its end. */
public final class TraceRecording implements AutoCloseable {
    private static final List<Class<? extends Event>> EVENTS = List.of(
            RequestEvent.class,
            SlotWaitEvent.class,
            StageEvent.class,
            LaunchEvent.class,
            TransferEvent.class,
            EvaluateEvent.class);

    private final Recording recording = new Recording();

    private TraceRecording() {}

    /** Starts to record. */
    public static TraceRecording start() {
        TraceRecording started = new TraceRecording();
        for (Class<? extends Event> event : EVENTS) {
            started.recording.enable(event).withoutThreshold().withoutStackTrace();
        }
        started.recording.start();
        return started;
    }

    /**
     * Ends the recording and writes it in the trace event format, which Perfetto and Chrome open.
     *
     * @throws IOException if the file cannot be written
     */
    public void stop(Path chromeTrace) throws IOException {
        recording.stop();
        Path raw = Files.createTempFile("inlay", ".jfr");
        try {
            recording.dump(raw);
            ChromeTrace.write(raw, chromeTrace);
        } finally {
            Files.deleteIfExists(raw);
        }
    }

    /** Ends the recording and throws it away, unless it was written. */
    @Override
    public void close() {
        recording.close();
    }
}

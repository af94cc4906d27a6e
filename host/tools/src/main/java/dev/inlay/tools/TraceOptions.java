// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.trace.TraceRecording;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Whether a verb records what its requests do. */
final class TraceOptions {
    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "Write what requests do on each device, and when, as JSON for ui.perfetto.dev.")
    private Optional<Path> file = Optional.empty();

    boolean wanted() {
        return file.isPresent();
    }

    /** Does work, and records it if that is wanted. */
    void around(Runnable work) throws IOException {
        if (file.isEmpty()) {
            work.run();
            return;
        }
        try (TraceRecording recording = TraceRecording.start()) {
            work.run();
            recording.stop(file.get());
        }
    }
}

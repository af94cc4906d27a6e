// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails each test during which Oclgrind found something: it reports out-of-bounds accesses and races to its log while
 * its API goes on to say success. Registered for all tests; does nothing in a process without {@code OCLGRIND_LOG}.
 *
 * <p>Oclgrind opens its log anew, and so empties it, for each context. Therefore the log is a named pipe, which cannot
 * be emptied, and this class its reader.
 */
public final class OclgrindWatch implements AfterEachCallback {
    private static final byte[] MARK = "\0mark\0".getBytes(StandardCharsets.UTF_8);

    private static final Optional<RandomAccessFile> PIPE =
            Optional.ofNullable(System.getenv("OCLGRIND_LOG")).map(Path::of).map(OclgrindWatch::open);
    private static final BlockingQueue<String> BETWEEN_MARKS = new LinkedBlockingQueue<>();

    @Override
    public void afterEach(ExtensionContext context) {
        assertEquals("", takeLog(), "Oclgrind found errors");
    }

    /** What Oclgrind wrote since the last call: a test that provokes an error takes it so as not to fail by it. */
    public static synchronized String takeLog() {
        if (PIPE.isEmpty()) {
            return "";
        }
        try {
            PIPE.get().write(MARK);
            String log = BETWEEN_MARKS.poll(1, TimeUnit.MINUTES);
            if (log == null) {
                throw new IllegalStateException("Oclgrind's log gave nothing for a minute, expected the mark");
            }
            return log;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading Oclgrind's log", e);
        }
    }

    private static RandomAccessFile open(Path path) {
        try {
            Files.deleteIfExists(path);
            int status = new ProcessBuilder("mkfifo", path.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
            assertEquals(0, status, "mkfifo " + path);
            // Opened for both, a pipe waits for no other side, and never ends when one goes away.
            RandomAccessFile pipe = new RandomAccessFile(path.toFile(), "rw");
            Thread.ofPlatform().daemon().name("oclgrind-log").start(() -> split(pipe));
            return pipe;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while making " + path, e);
        }
    }

    private static void split(RandomAccessFile pipe) {
        String mark = new String(MARK, StandardCharsets.ISO_8859_1);
        StringBuilder text = new StringBuilder();
        byte[] some = new byte[1 << 16];
        try {
            for (int n = pipe.read(some); n >= 0; n = pipe.read(some)) {
                text.append(new String(some, 0, n, StandardCharsets.ISO_8859_1));
                for (int end = text.indexOf(mark); end >= 0; end = text.indexOf(mark)) {
                    BETWEEN_MARKS.add(text.substring(0, end));
                    text.delete(0, end + mark.length());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** How far a task is: a bar on a terminal, silent in a pipe or a file. */
public final class Progress implements AutoCloseable {
    private static final int WIDTH = 100;

    private final Optional<ProgressBar> bar;

    private Progress(Optional<ProgressBar> bar) {
        this.bar = bar;
    }

    static Progress open(PrintStream err, String task, long total) {
        return new Progress(onTerminal(err) ? Optional.of(bar(err, task, total)) : Optional.empty());
    }

    public void step(long count) {
        bar.ifPresent(shown -> shown.stepBy(count));
    }

    /** Says what is under way, behind the bar. */
    public void say(String what) {
        bar.ifPresent(shown -> shown.setExtraMessage(what));
    }

    @Override
    public void close() {
        bar.ifPresent(ProgressBar::close);
    }

    private static ProgressBar bar(PrintStream err, String task, long total) {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(total)
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setConsumer(new ConsoleProgressBarConsumer(err, WIDTH))
                .clearDisplayOnFinish()
                .build();
    }

    /** {@link java.io.Console#isTerminal} speaks of standard input and output only; bars go to standard error. */
    private static boolean onTerminal(PrintStream err) {
        if (err != System.err) {
            return false;
        }
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException e) {
            return System.console().isTerminal();
        }
    }
}

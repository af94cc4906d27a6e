// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.Engine;
import dev.inlay.UsageException;
import dev.inlay.tools.measure.MachineLoad;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** One verb: it computes a {@link Report}, which is printed for a reader or as JSON. */
abstract class Verb implements Callable<Integer> {
    @ParentCommand
    private Main main;

    @Option(names = "--json", description = "Print one JSON document on standard output and nothing else there.")
    private boolean json;

    @Option(names = "--debug", description = "Show the stack of an error.")
    private boolean debug;

    @Option(
            names = "--binding",
            paramLabel = "lwjgl|jocl",
            defaultValue = "lwjgl",
            description = "How OpenCL is called; default ${DEFAULT-VALUE}.")
    private String binding;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this text.")
    @SuppressWarnings("unused") // picocli answers it by itself
    private boolean help;

    @Option(
            names = "--record",
            paramLabel = "FILE",
            description = "Write the JSON document to a file too, with commit, machine and command.")
    private Optional<Path> record = Optional.empty();

    @Spec
    private CommandSpec spec;

    /** Does the work. */
    protected abstract Report report() throws IOException;

    @Override
    public final Integer call() throws IOException {
        Report report = report();
        if (json) {
            Json.write(report, main.out());
        } else {
            report.print(main.out());
        }
        main.out().flush();
        if (record.isPresent()) {
            Json.record(report, spec.name(), spec.commandLine().getParseResult().originalArgs(), record.get());
        }
        return report.exit().code();
    }

    /** A report with commit, machine and command, as {@code --record} writes it, in one line. */
    protected final String recorded(Report report) throws IOException {
        return Json.recorded(
                report, spec.name(), spec.commandLine().getParseResult().originalArgs());
    }

    final boolean debug() {
        return debug;
    }

    /** The devices of this machine; what is wrong with them goes to the error stream. */
    protected final Engine engine() {
        return engine(Engine.Options.DEFAULT);
    }

    /** The devices of this machine as options want them; the binding is the one that this verb is told. */
    protected final Engine engine(Engine.Options options) {
        Engine engine = Engine.open(options.withBinding(binding));
        note(engine.notices());
        return engine;
    }

    /** Tells the reader what happened beside the work. */
    protected final void note(List<String> notices) {
        notices.forEach(notice -> err().println("inlay: " + notice));
    }

    /** Tells the reader of measured times when they are not those of a quiet machine. */
    protected final void noteLoad() {
        MachineLoad.notice().ifPresent(notice -> err().println("inlay: " + notice));
    }

    protected final String binding() {
        return binding;
    }

    protected final PrintStream err() {
        return main.err();
    }

    /** A flag's value that must be at least 1. */
    protected static int positive(String flag, int value) {
        if (value < 1) {
            throw new UsageException(flag + ": got " + value + ", expected at least 1");
        }
        return value;
    }

    /** A bar on the error stream where a person watches, and nothing elsewhere. */
    protected final Progress progress(String task, long total) {
        return Progress.open(err(), task, total);
    }
}

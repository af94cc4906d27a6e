// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.OnFault;
import dev.inlay.plan.SparseUse;
import dev.inlay.plan.partition.Objective;
import dev.inlay.tools.oracle.Oracle;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.TypeConversionException;

/** The command line: {@code inlay VERB …}. */
@Command(
        name = "inlay",
        mixinStandardHelpOptions = true,
        version = "inlay 0.1.0-SNAPSHOT",
        description = "Runs neural networks, approximated or not, on the OpenCL devices of this machine.",
        subcommands = {
            DemoVerb.class,
            DevicesVerb.class,
            DoctorVerb.class,
            InspectVerb.class,
            RunVerb.class,
            VerifyVerb.class,
            ApproximateVerb.class,
            AccuracyVerb.class,
            BenchVerb.class,
            LayersVerb.class,
            BreakEvenVerb.class,
            PlanVerb.class,
            TuneVerb.class,
            ProfileVerb.class,
            CompareVerb.class,
            CompileVerb.class,
            ZooVerb.class
        },
        footer = {
            "",
            "The launcher ./inlay also knows:",
            "  test           build, then run everything the project tests",
            "  --no-install   never install a package of the system; say which are missing",
            "",
            "Exit codes: 0 done, 1 the check did not hold, 2 wrong usage, 3 a model, tensor or file cannot be used,",
            "4 a device failed, 70 a fault of Inlay itself."
        })
public final class Main implements Runnable {
    private final PrintStream out;
    private final PrintStream err;

    private Main(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Where answers go. */
    PrintStream out() {
        return out;
    }

    /** Where notices, progress and errors go. */
    PrintStream err() {
        return err;
    }

    @Override
    public void run() {
        CommandLine.usage(this, out);
    }

    /**
     * Runs one verb.
     *
     * @param args the verb and its arguments
     * @param out where the answer goes
     * @param err where notices and errors go, an error as one line
     * @return the exit code, as {@link Exit} lists them
     */
    public static int run(String[] args, PrintStream out, PrintStream err) {
        Failures failures = new Failures(err);
        CommandLine line = new CommandLine(new Main(out, err))
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .registerConverter(Oracle.Kind.class, text -> choice(text, Oracle.Kind.values()))
                .registerConverter(BenchVerb.Scenario.class, text -> choice(text, BenchVerb.Scenario.values()))
                .registerConverter(BenchVerb.Rival.class, text -> choice(text, BenchVerb.Rival.values()))
                .registerConverter(OnFault.class, text -> choice(text, OnFault.values()))
                .registerConverter(SparseUse.class, text -> choice(text, SparseUse.values()))
                .registerConverter(Objective.class, text -> choice(text, Objective.values()))
                .setParameterExceptionHandler(failures::usage)
                .setExecutionExceptionHandler(failures::execution);
        try {
            return line.execute(args);
        } catch (OutOfMemoryError | StackOverflowError e) {
            return failures.exhausted(e, line);
        }
    }

    /** The value that is spelled like this, in capitals or not. */
    private static <T extends Enum<T>> T choice(String text, T[] values) {
        return Arrays.stream(values)
                .filter(value -> value.toString().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException(
                        "got \"" + text + "\", expected one of " + Arrays.toString(values)));
    }

    /** Runs one verb and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(run(args, System.out, System.err));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.DeviceException;
import dev.inlay.UsageException;
import dev.inlay.bitstream.BitstreamException;
import dev.inlay.graph.GraphException;
import dev.inlay.plan.partition.PartitionException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into one line on the error stream and an exit code. */
final class Failures {
    private final PrintStream err;

    Failures(PrintStream err) {
        this.err = err;
    }

    /** Handles arguments that picocli cannot parse. */
    int usage(ParameterException failure, String[] args) {
        CommandLine line = failure.getCommandLine();
        say(line, describe(failure));
        if (List.of(args).contains("--debug")) {
            failure.printStackTrace(err);
        }
        return Exit.USAGE.code();
    }

    /** Handles a process that ran out of memory or stack, which a large model brings about. */
    int exhausted(VirtualMachineError failure, CommandLine line) {
        say(
                line,
                "got a model or tensor that needs more than the "
                        + (Runtime.getRuntime().maxMemory() >> 20) + " MiB Java may use (" + failure
                        + "), expected a smaller one");
        return Exit.UNUSABLE.code();
    }

    /** Handles what a verb threw. */
    int execution(Exception failure, CommandLine line, ParseResult parsed) {
        Exit exit = exit(failure);
        say(
                line,
                exit == Exit.DEFECT ? "a fault of Inlay itself: " + failure + " (--debug shows where)" : what(failure));
        if (line.getCommand() instanceof Verb verb && verb.debug()) {
            failure.printStackTrace(err);
        }
        return exit.code();
    }

    /** The exit code that a failure stands for. */
    static Exit exit(Throwable failure) {
        return switch (failure) {
            case UsageException e -> Exit.USAGE;
            case PartitionException e -> Exit.USAGE;
            case GraphException e -> Exit.UNUSABLE;
            case BitstreamException e -> Exit.UNUSABLE;
            case IOException e -> Exit.UNUSABLE;
            case UncheckedIOException e -> Exit.UNUSABLE;
            case DeviceException e -> Exit.DEVICE_FAILED;
            default -> Exit.DEFECT;
        };
    }

    /** What went wrong, in one line. */
    static String what(Throwable failure) {
        String text = switch (failure) {
            case UncheckedIOException e -> what(e.getCause());
            case NoSuchFileException e -> e.getFile() + ": no such file";
            case AccessDeniedException e -> e.getFile() + ": permission denied";
            case FileAlreadyExistsException e -> e.getFile() + ": exists and is no folder";
            case NotDirectoryException e -> e.getFile() + ": got a file, expected a folder";
            case FileSystemException e when e.getReason() != null -> e.getFile() + ": " + e.getReason();
            default -> String.valueOf(failure.getMessage());
        };
        return text.strip().replaceAll("\\s*\\R\\s*", "; ");
    }

    private void say(CommandLine line, String text) {
        err.println(line.getCommandSpec().qualifiedName() + ": " + text);
    }

    private static String describe(ParameterException failure) {
        String text = what(failure);
        if (failure instanceof UnmatchedArgumentException unmatched) {
            List<String> near = unmatched.getSuggestions();
            CommandLine line = failure.getCommandLine();
            if (line.getParent() == null && !unmatched.isUnknownOption()) {
                return "got no verb " + unmatched.getUnmatched().getFirst() + ", expected one of "
                        + String.join(", ", line.getSubcommands().keySet())
                        + (near.isEmpty() ? "" : "; near it: " + String.join(", ", near));
            }
            return near.isEmpty()
                    ? text + "; " + failure.getCommandLine().getCommandSpec().qualifiedName()
                            + " --help lists what there is"
                    : text + "; near it: " + String.join(", ", near);
        }
        return text;
    }
}

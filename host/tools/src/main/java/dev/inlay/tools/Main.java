// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line: {@code inlay VERB …}. */
@Command(
        name = "inlay",
        mixinStandardHelpOptions = true,
        version = "inlay 0.1.0-SNAPSHOT",
        footer = {
            "",
            "The launcher ./inlay also knows:",
            "  test           build, then run everything the project tests",
            "  --no-install   never install a package of the system; say which are missing"
        })
public final class Main implements Runnable {
    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    /** Lists the devices found on this machine. */
    @Command(name = "devices", description = "List the devices found on this machine.")
    int devices() {
        return 0;
    }

    /** Runs one verb and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }
}

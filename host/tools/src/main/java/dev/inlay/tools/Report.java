// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import java.io.PrintStream;

/** What a verb answers: a record whose components are the fields of its JSON document. */
public interface Report {
    /** Writes the answer for a reader. */
    void print(PrintStream out);

    /** How the verb ended. */
    default Exit exit() {
        return Exit.DONE;
    }
}

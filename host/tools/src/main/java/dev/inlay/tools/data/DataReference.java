// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.data;

import dev.inlay.UsageException;
import java.util.OptionalInt;

/**
 * What a user names data by: {@code NAME}, or {@code NAME:N} for N of its entries.
 *
 * @param name of a data set, not checked
 * @param count from 1, if one was given
 */
public record DataReference(String name, OptionalInt count) {
    /** Inputs drawn from a seed: enough for what a model costs, and nothing to say how well it does. */
    public static final String RANDOM = "random";

    /** @throws UsageException for a count below 1 */
    public static DataReference parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            return new DataReference(text, OptionalInt.empty());
        }
        String count = text.substring(colon + 1);
        if (!count.matches("[1-9][0-9]{0,8}")) {
            throw new UsageException("data set: got \"" + text + "\", expected NAME or NAME:N with N from 1");
        }
        return new DataReference(text.substring(0, colon), OptionalInt.of(Integer.parseInt(count)));
    }
}

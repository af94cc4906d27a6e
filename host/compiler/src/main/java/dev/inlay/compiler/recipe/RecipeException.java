// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.recipe;

import java.io.IOException;

/** A recipe that cannot be used: the message names the file, the key, what was got and what was expected. */
public final class RecipeException extends IOException {
    private static final long serialVersionUID = 1L;

    RecipeException(String message) {
        super(message);
    }

    RecipeException(String message, Throwable cause) {
        super(message, cause);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.profile;

/** A profile cannot be used. The message is one line: file, field, what was got and what was expected. */
public final class ProfileFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ProfileFormatException(String file, String field, String got, String expected) {
        super(file + ": " + (field.isEmpty() ? "" : field + ": ") + "got " + got + ", expected " + expected);
    }
}

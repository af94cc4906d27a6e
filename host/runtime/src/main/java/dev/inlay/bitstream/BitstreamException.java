// SPDX-License-Identifier: Apache-2.0
package dev.inlay.bitstream;

import java.nio.file.Path;

/** A bitstream, or the manifest beside it, that cannot be used. The message is one line with got and expected. */
public final class BitstreamException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BitstreamException(Path file, String what) {
        super(file + ": " + what);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

/** Keeps messages that quote a file to one line of printable characters. */
final class OneLine {
    private static final int LENGTH = 1000;

    private OneLine() {}

    static String of(String text) {
        StringBuilder line = new StringBuilder();
        text.codePoints()
                .limit(LENGTH)
                .map(point -> Character.isISOControl(point) || !Character.isValidCodePoint(point) ? '?' : point)
                .forEach(line::appendCodePoint);
        return text.length() > LENGTH ? line + "..." : line.toString();
    }
}

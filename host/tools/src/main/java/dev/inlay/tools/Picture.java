// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.tools.data.LabelledImages;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Images drawn with block characters, side by side with captions below. */
final class Picture {
    private static final String SHADES = " ░▒▓█";
    private static final int COLUMNS = 20;
    private static final int ROWS = 10;
    private static final String GAP = "   ";

    private final LabelledImages images;
    private final List<StringBuilder> lines = new ArrayList<>();

    Picture(LabelledImages images) {
        this.images = images;
        for (int row = 0; row < ROWS + 2; row++) {
            lines.add(new StringBuilder());
        }
    }

    /** Adds an image with its class as predicted and as it is. */
    Picture add(int image, String predicted) {
        for (int row = 0; row < ROWS; row++) {
            StringBuilder line = lines.get(row);
            for (int column = 0; column < COLUMNS; column++) {
                line.append(SHADES.charAt(shade(image, row, column)));
            }
            line.append(GAP);
        }
        String truth = images.classes().get(images.label(image));
        caption(ROWS, predicted);
        caption(ROWS + 1, predicted.equals(truth) ? "right" : "wrong: " + truth);
        return this;
    }

    void print(PrintStream out) {
        lines.forEach(line -> out.println(line.toString().stripTrailing()));
    }

    private void caption(int row, String text) {
        lines.get(row)
                .append(text)
                .append(" ".repeat(Math.max(0, COLUMNS - text.length())))
                .append(GAP);
    }

    /** The shade of the mean brightness of the pixels that a character covers. */
    private int shade(int image, int row, int column) {
        int top = row * images.rows() / ROWS;
        int bottom = Math.max(top + 1, (row + 1) * images.rows() / ROWS);
        int left = column * images.columns() / COLUMNS;
        int right = Math.max(left + 1, (column + 1) * images.columns() / COLUMNS);
        int sum = 0;
        for (int y = top; y < bottom; y++) {
            for (int x = left; x < right; x++) {
                sum += images.pixel(image, y, x);
            }
        }
        int mean = sum / ((bottom - top) * (right - left));
        return Math.min(SHADES.length() - 1, (mean * SHADES.length() + 127) / 256);
    }
}

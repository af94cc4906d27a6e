// SPDX-License-Identifier: Apache-2.0
// Sets the halo around every image of a channels-last value: top and bottom rows first, then the columns beside.
// Global size: (channels rounded up, pixels of one image's halo, images). Strides count elements.

#ifndef ELEMENT
#define ELEMENT float // type: of the elements
#endif

__kernel void move_halo(__global ELEMENT *y, ulong y_offset, int channels, int rows, int columns,
                        int top, int left, int right, int y_image, int y_line, int y_pixel, int bottom, float value) {
    const int channel = get_global_id(0), pixel = get_global_id(1), image = get_global_id(2);
    if (channel >= channels) return;
    const int width = left + columns + right, whole = (top + bottom) * width;
    int row, column;
    if (pixel < whole) {
        row = pixel / width;
        row = row < top ? row : row + rows;
        column = pixel % width;
    } else {
        const int beside = left + right, rest = pixel - whole;
        row = top + rest / beside;
        column = rest % beside;
        column = column < left ? column : column + columns;
    }
    y[y_offset + (long)image * y_image + (long)row * y_line + (long)column * y_pixel + channel] = (ELEMENT)value;
}

// SPDX-License-Identifier: Apache-2.0
// Pools windows of a channels-last image, each channel on its own; taps outside the image are skipped.
// Global size: (channels rounded up, out_columns, out_rows * images). Strides count elements.

#ifndef ELEMENT
#define ELEMENT float // type: float, or uchar for codes that keep the order of their values
#endif
#ifndef MAXIMUM
#define MAXIMUM 1 // 1: the largest tap; 0: the mean
#endif

__kernel void pool_window(__global const ELEMENT *x, ulong x_offset, __global ELEMENT *y, ulong y_offset,
                          int channels, int rows, int columns, int out_rows,
                          int x_image, int x_line, int x_pixel, int y_image, int y_line, int y_pixel,
                          int tap_rows, int tap_cols, int row_stride, int column_stride,
                          int row_dilation, int column_dilation, int top, int left, int bottom, int right,
                          int count_padding) {
    const int channel = get_global_id(0), out_column = get_global_id(1);
    const int out_row = get_global_id(2) % out_rows, image = get_global_id(2) / out_rows;
    if (channel >= channels) return;
    const int first_row = out_row * row_stride - top, first_column = out_column * column_stride - left;
    __global const ELEMENT *source = x + x_offset + (long)image * x_image + channel;
#if MAXIMUM
    bool found = false;
    ELEMENT best = 0;
#else
    float sum = 0.0f;
#endif
    int taps = 0;
    for (int i = 0; i < tap_rows; i++) {
        const int row = first_row + i * row_dilation;
        for (int j = 0; j < tap_cols; j++) {
            const int column = first_column + j * column_dilation;
            if (row >= 0 && row < rows && column >= 0 && column < columns) {
                const ELEMENT v = source[(long)row * x_line + (long)column * x_pixel];
#if MAXIMUM
                best = !found || v > best ? v : best;
                found = true;
#else
                sum += v;
                taps++;
#endif
            } else if (count_padding && row < rows + bottom && column < columns + right) {
                taps++;
            }
        }
    }
    __global ELEMENT *target =
        y + y_offset + (long)image * y_image + (long)out_row * y_line + (long)out_column * y_pixel + channel;
#if MAXIMUM
    *target = best;
#else
    *target = sum / (float)taps;
#endif
}

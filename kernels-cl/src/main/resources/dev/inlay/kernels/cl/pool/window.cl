// SPDX-License-Identifier: Apache-2.0
// Pools windows of a channels-last image, each channel on its own; taps outside the image are skipped.
// Global size: (channels rounded up, out_columns, out_rows * images). Strides count elements; of b1, which has a largest
// tap only, an element is a word of 32 channels.

#ifndef MAXIMUM
#define MAXIMUM 1 // 1: the largest tap, x and y coded alike; 0: the mean
#endif

// The larger of two numbers as they are held.
static inline float larger_f32(float a, float b) { return a > b ? a : b; }
static inline uchar larger_u8(uchar a, uchar b) { return max(a, b); }
static inline short larger_s16(short a, short b) { return max(a, b); }
static inline int rank_l8(uchar code) { return code & 128 ? -(code & 127) : code; }
static inline uchar larger_l8(uchar a, uchar b) { return rank_l8(a) > rank_l8(b) ? a : b; }
static inline uint larger_b1(uint a, uint b) { return a & b; } // a set bit is -1

__kernel void pool_window(__global const x_element *x, ulong x_offset, __global y_element *y, ulong y_offset,
                          int channels, int rows, int columns, int out_rows,
                          int x_image, int x_line, int x_pixel, int y_image, int y_line, int y_pixel,
                          int tap_rows, int tap_cols, int row_stride, int column_stride,
                          int row_dilation, int column_dilation, int top, int left, int bottom, int right,
                          int count_padding,
                          int x_zero, float x_step, int y_zero, float y_step, int y_low, int y_high) {
    const int channel = get_global_id(0), out_column = get_global_id(1);
    const int out_row = get_global_id(2) % out_rows, image = get_global_id(2) / out_rows;
    if (channel >= channels) return;
    const int first_row = out_row * row_stride - top, first_column = out_column * column_stride - left;
    __global const x_element *source = x + x_offset + (long)image * x_image + channel;
#if MAXIMUM
    bool found = false;
    x_element best = 0;
#else
    CAT(sum_, X_FORMAT) sum = 0;
#endif
    int taps = 0;
    for (int i = 0; i < tap_rows; i++) {
        const int row = first_row + i * row_dilation;
        for (int j = 0; j < tap_cols; j++) {
            const int column = first_column + j * column_dilation;
            if (row >= 0 && row < rows && column >= 0 && column < columns) {
                const x_element v = source[(long)row * x_line + (long)column * x_pixel];
#if MAXIMUM
                best = found ? CAT(larger_, X_FORMAT)(v, best) : v;
                found = true;
#else
                sum += CAT(term_, X_FORMAT)(v, x_zero);
                taps++;
#endif
            } else if (count_padding && row < rows + bottom && column < columns + right) {
                taps++;
            }
        }
    }
    __global y_element *target =
        y + y_offset + (long)image * y_image + (long)out_row * y_line + (long)out_column * y_pixel + channel;
#if MAXIMUM
    *target = (y_element)best;
#else
    *target = TO_Y(CAT(scaled_, X_FORMAT)(sum, x_step) / (float)taps);
#endif
}

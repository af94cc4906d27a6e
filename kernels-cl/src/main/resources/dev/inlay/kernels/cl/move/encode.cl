// SPDX-License-Identifier: Apache-2.0
// Writes a value in another format: whole runs of a channels-last image or matrix, its halo and the padding of its
// channels included. One work-item writes the RUN numbers of one pixel that start at a multiple of RUN in a group.
//
// Global size: (groups * runs rounded up, left + columns + right, (top + rows + bottom) * images).
//   x  read by its strides, in numbers; x_offset is the first image's first pixel, and the halo of x, if any, is not read.
//   y  strides count elements of the buffer: of f32, u8, s16 and l8 the numbers themselves, of the other formats 32-bit
//      words; y_offset is the start of the region, halo included. `runs`: runs of a group, its padded channels / RUN.
//   y_zero, y_step   real = step * (level - zero); f32 and bf hold the real number itself
//   y_low, y_high    least and most code; with ODD least and most level
//   fill             the level of every channel in the halo, counted from zero; padded channels hold the level of zero,
//                    of b1 clear bits
// Blocks of bf start at each group's first channel.

#ifndef Y_FORMAT
#define Y_FORMAT f32 // f32, u8, s16, b1, t2, p2, p3, p4, l8, bf
#endif
#ifndef RUN
#define RUN 1 // numbers of one work-item: a multiple of the format's run, and with 32-bit words of VW
#endif
#ifndef ODD
#define ODD 0 // 1: the levels are the odd numbers, 2 floor(v / 2) + 1
#endif
#ifndef MANTISSA_BITS
#define MANTISSA_BITS 8 // bits of a mantissa of bf, its sign included
#endif

#define in_blocks_bf 1
#define IN_BLOCKS CAT(in_blocks_, Y_FORMAT) // 1: bf, a name that #if takes for 0 for the others

typedef CAT(element_, Y_FORMAT) y_element;

// A number of x as y holds it: counted in steps, NaN for 0; f32 and bf the number itself.
static inline float in_steps(float real, float step, float low, float high) {
#if IN_BLOCKS
    return real;
#else
    if (!CAT(quantised_, Y_FORMAT)) return real;
    const float v = isnan(real / step) ? 0.0f : real / step;
    return ODD ? fmin(fmax(odd_near(v), low), high) : v;
#endif
}

__kernel void move_encode(__global const x_element *x, ulong x_offset, __global y_element *y, ulong y_offset,
                          int groups, int channels, int rows, int columns, int top, int left, int bottom, int right,
                          int x_image, int x_channel, int x_line, int x_pixel,
                          int y_image, int y_group, int y_line, int y_pixel, int runs,
                          int x_zero, float x_step, int y_zero, float y_step, int y_low, int y_high, float fill) {
    const int at = get_global_id(0), y_column = get_global_id(1);
    if (at >= groups * runs) return;
    const int height = top + rows + bottom, y_row = (int)get_global_id(2) % height;
    const int image = (int)get_global_id(2) / height, group = at / runs, first = at % runs * RUN;
    const int row = y_row - top, column = y_column - left;
    const bool inside = row >= 0 && row < rows && column >= 0 && column < columns;
    __global const x_element *from = x + x_offset + (long)image * x_image + (long)row * x_line + (long)column * x_pixel +
                                     (long)group * channels * x_channel;

    float v[(RUN + VW - 1) / VW * VW];
    for (int i = 0; i < RUN; i++) {
        const int channel = first + i;
        v[i] = 0.0f;
        if (channel < channels)
            v[i] = inside ? in_steps(FROM_X(from[(long)channel * x_channel]), y_step, (float)y_low, (float)y_high) : fill;
    }

    __global y_element *to = y + y_offset + (long)image * y_image + (long)y_row * y_line + (long)y_column * y_pixel +
                             (long)group * y_group;
#if IN_BLOCKS
    for (int i = 0; i < RUN; i += BLOCK) store_run_bf(v + i, to + (first + i) / BLOCK * units_bf, MANTISSA_BITS);
#else
    const int around = ODD ? y_zero : 0;
    const code_range range = {(float)y_zero, (float)(y_low + around), (float)(y_high + around)};
    for (int i = 0; i < RUN; i += VW) CAT(store_, Y_FORMAT)(LOAD_VEC(0, v + i), to, first + i, RUN - i, range);
#endif
}

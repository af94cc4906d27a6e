// SPDX-License-Identifier: Apache-2.0
// Block-circulant contraction, classes cpu and gpu: convolution of one group, matrix product, fully connected.
//
// Block (i, j) of the weights has the number w[(r - c) mod BLOCK] in row r and column c, so that block i of the output is
// the inverse transform of the sum over taps and input blocks j of products of spectra. The spectrum of BLOCK real
// numbers is BLOCK numbers: re[0 .. BLOCK / 2 - 1], then im[0 .. BLOCK / 2 - 1], the real re[BLOCK / 2] in the place of
// im[0], which is 0. One work-item computes OUTPUTS blocks of one pixel.
//
// Global size, local size (n, 1, 1): (ceil(channels / (BLOCK * OUTPUTS)) rounded up, out_columns, out_rows * images).
// Strides count elements.
//   x        SPECTRAL: spectra [image][row][column][block][BLOCK], what contract.spectrum gives; otherwise numbers
//            [image][row][column][channel], of which channels past `depth` are not read. Halo in memory; the offset is
//            that of what output (0, 0) reads first.
//   w        [group of OUTPUTS blocks][tap][input block][OUTPUTS][number]; SPECTRAL: the BLOCK numbers of a spectrum,
//            otherwise the vector twice in a row. The last group is padded with zeros. W_FORMAT f32: the numbers; s16:
//            codes, real = code * w_scale.
//   inverse  SPECTRAL: [number of a spectrum][row], the inverse transform; otherwise not read.
//   bias     [channel], padded to whole groups.
//   r, y     [image][row][column][channel]; only the first `channels` are touched. r is read with RESIDUAL only.
//   w_scale  of s16; not read of f32.
//   act_a, act_b  parameters of FUNCTION.

#ifndef SPECTRAL
#define SPECTRAL 1 // 1: spectra are multiplied; 0: numbers
#endif
#ifndef OUTPUTS
#define OUTPUTS 4 // blocks: output blocks of a work-item, which reads x once for them
#endif
#ifndef W_FORMAT
#define W_FORMAT f32 // f32, s16
#endif
#define HALF (BLOCK / 2 / VW) // vectors of the real or the imaginary parts

typedef float w_element_f32;
typedef short w_element_s16;
typedef CAT(w_element_, W_FORMAT) w_element;

static inline VEC(float) load_w_f32(int i, __global const float *p) { return LOAD_VEC(i, p); }
static inline VEC(float) load_w_s16(int i, __global const short *p) {
    return CAT(convert_float, VW)(LOAD_VEC(i, p));
}
static inline VEC(float) scaled_f32(VEC(float) v, float scale) { return v; }
static inline VEC(float) scaled_s16(VEC(float) v, float scale) { return v * scale; }
#define LOAD_W CAT(load_w_, W_FORMAT)
#define SCALED(v) CAT(scaled_, W_FORMAT)(v, w_scale)

__kernel void contract_circulant(__global const float *x, ulong x_offset, __global const w_element *w, ulong w_offset,
                                 __global const float *inverse, ulong inverse_offset, __global const float *bias,
                                 ulong bias_offset, __global const float *r, ulong r_offset, __global float *y,
                                 ulong y_offset, int channels, int depth, int out_rows, int x_image, int x_line,
                                 int x_pixel, int tap_rows, int tap_cols, int tap_row, int tap_col, int y_image,
                                 int y_line, int y_pixel, int r_image, int r_line, int r_pixel, float w_scale,
                                 float act_a, float act_b) {
    const int first = get_global_id(0) * (BLOCK * OUTPUTS), column = get_global_id(1);
    const int row = get_global_id(2) % out_rows, image = get_global_id(2) / out_rows;
    if (first >= channels) return;
    const int blocks = (depth + BLOCK - 1) / BLOCK;
    const ulong vectors = (ulong)get_global_id(0) * OUTPUTS * tap_rows * tap_cols * blocks;
    __global const float *from = x + x_offset + (long)image * x_image + (long)row * x_line + (long)column * x_pixel;

    VEC(float) sum[OUTPUTS][WHOLE];
    UNROLLED for (int o = 0; o < OUTPUTS; o++)
        UNROLLED for (int p = 0; p < WHOLE; p++) sum[o][p] = 0.0f;

#if SPECTRAL
    __global const w_element *wp = w + w_offset + vectors * BLOCK;
    // Sums of re * re, of im * im and of the mixed products: lane 0 of the first holds two real numbers and needs the
    // first two apart.
    VEC(float) real[OUTPUTS][HALF], imaginary[OUTPUTS][HALF], mixed[OUTPUTS][HALF];
    UNROLLED for (int o = 0; o < OUTPUTS; o++)
        UNROLLED for (int h = 0; h < HALF; h++) real[o][h] = imaginary[o][h] = mixed[o][h] = 0.0f;
    for (int tr = 0; tr < tap_rows; tr++)
        for (int tc = 0; tc < tap_cols; tc++) {
            __global const float *xp = from + (long)tr * tap_row + (long)tc * tap_col;
            for (int j = 0; j < blocks; j++) {
                UNROLLED for (int h = 0; h < HALF; h++) {
                    const VEC(float) re = LOAD_VEC(h, xp), im = LOAD_VEC(HALF + h, xp);
                    UNROLLED for (int o = 0; o < OUTPUTS; o++) {
                        const VEC(float) wr = LOAD_W(o * WHOLE + h, wp), wi = LOAD_W(o * WHOLE + HALF + h, wp);
                        real[o][h] = multiply_add(re, wr, real[o][h]);
                        imaginary[o][h] = multiply_add(im, wi, imaginary[o][h]);
                        mixed[o][h] = multiply_add(re, wi, mixed[o][h]);
                        mixed[o][h] = multiply_add(im, wr, mixed[o][h]);
                    }
                }
                xp += BLOCK;
                wp += OUTPUTS * BLOCK;
            }
        }

    float spectrum[OUTPUTS][BLOCK];
    UNROLLED for (int o = 0; o < OUTPUTS; o++) {
        UNROLLED for (int h = 0; h < HALF; h++) {
            STORE_VEC(real[o][h] - imaginary[o][h], h, spectrum[o]);
            STORE_VEC(mixed[o][h], HALF + h, spectrum[o]);
        }
        spectrum[o][0] = real[o][0].s0;
        spectrum[o][BLOCK / 2] = imaginary[o][0].s0;
    }
    __global const float *ip = inverse + inverse_offset;
    for (int f = 0; f < BLOCK; f++)
        UNROLLED for (int p = 0; p < WHOLE; p++) {
            const VEC(float) part = LOAD_VEC(f * WHOLE + p, ip);
            UNROLLED for (int o = 0; o < OUTPUTS; o++)
                sum[o][p] = multiply_add((VEC(float))(spectrum[o][f]), part, sum[o][p]);
        }
#else
    __global const w_element *wp = w + w_offset + vectors * (2 * BLOCK);
    for (int tr = 0; tr < tap_rows; tr++)
        for (int tc = 0; tc < tap_cols; tc++) {
            __global const float *xp = from + (long)tr * tap_row + (long)tc * tap_col;
            for (int j = 0; j < blocks; j++) {
                const int end = min(BLOCK, depth - j * BLOCK);
                for (int c = 0; c < end; c++) {
                    const VEC(float) number = xp[j * BLOCK + c];
                    UNROLLED for (int o = 0; o < OUTPUTS; o++)
                        UNROLLED for (int p = 0; p < WHOLE; p++)
                            sum[o][p] = multiply_add(number, LOAD_W(p, wp + o * 2 * BLOCK + BLOCK - c), sum[o][p]);
                }
                wp += OUTPUTS * 2 * BLOCK;
            }
        }
#endif

    float numbers[OUTPUTS * BLOCK];
    UNROLLED for (int o = 0; o < OUTPUTS; o++)
        UNROLLED for (int p = 0; p < WHOLE; p++)
            STORE_VEC(SCALED(sum[o][p]) + LOAD_VEC(o * WHOLE + p, bias + bias_offset + first), o * WHOLE + p, numbers);
    __global float *to = y + y_offset + (long)image * y_image + (long)row * y_line + (long)column * y_pixel + first;
    __global const float *beside =
        r + r_offset + (long)image * r_image + (long)row * r_line + (long)column * r_pixel + first;
    const int end = min(OUTPUTS * BLOCK, channels - first);
    for (int i = 0; i < end; i++) to[i] = finished(numbers[i], beside, i, act_a, act_b);
}

// SPDX-License-Identifier: Apache-2.0
// Dense contraction, class cpu: convolution (any kernel, stride, dilation, groups), matrix product, fully connected.
//
// One work-item computes TILES times MR pixels of one output row by NR = NV * VW channels of one group.
//
// Global size, local size (1, 1, 1); dimension 0 runs fastest:
//   0: ceil(out_columns / (MR * TILES))
//   1: out_rows * image_block
//   2: ceil(channels / NR) * groups * ceil(images / image_block); panel fastest, then group, then block of images
// image_block = 1 keeps one image in the cache while the weights pass; image_block = images keeps one weight panel.
//
// Every stride and offset counts elements of its own buffer. A buffer that the build does not use (scale of an f32 sum
// with f32 output, r without RESIDUAL) may be any buffer: it is not read.
//   x      [image][row][column][channel] with its halo in memory; x_base is the first element read for output (0, 0) of
//          group 0, image 0. For each of tap_rows * tap_cols taps, `run` neighbouring elements are contracted (with
//          dilation 1 and one group: tap_cols = 1, run = KW * C). u8: run and every x stride are multiples of 4.
//   w      [group][panel][K][NR] f32, or [group][panel][K / 4][NR][4] s8; K = tap_rows * tap_cols * run, last panel
//          padded with zeros.
//   bias, scale  [group][panel][NR], padded; bias is int for u8s8 and holds the zero-point correction.
//   r, y   channels-last; only the first `channels` channels of a group are touched.
//   act_a, act_b: see activate. y_zero, r_zero: zero points; r_scale: residual step over output step (f32: unused).

#ifndef MR
#define MR 4 // pixels: output pixels of one work-item; at most out_columns for full speed
#endif
#ifndef NV
#define NV 2 // vectors: channel vectors of one panel
#endif
#ifndef UNROLL
#define UNROLL 1 // words: contracted words of one loop step; the compiler may decline a larger one with a warning
#endif
#ifndef TILES
#define TILES 14 // tiles: neighbouring tiles of a row in one work-item; more than 1 pays for a short K
#endif
#ifdef __clang__
#pragma clang diagnostic ignored "-Wpass-failed" // a loop the compiler declines to unroll is still right
#endif
#define NR (NV * VW)

typedef CAT(element_, X_FORMAT) x_element;
typedef CAT(element_, W_FORMAT) w_element;
enum { RUN_OF_WORD = CAT(elements_, X_FORMAT) };

__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void contract_dense(
    __global const x_element *x, ulong x_offset, __global const w_element *w, ulong w_offset,
    __global const bias_element *bias, ulong bias_offset, __global const float *scale, ulong scale_offset,
    __global const y_element *r, ulong r_offset, __global y_element *y, ulong y_offset,
    int images, int image_block, int groups, int channels, int out_rows, int out_columns,
    int x_base, int x_image, int x_group, int x_line, int x_pixel,
    int tap_rows, int tap_cols, int tap_row, int tap_col, int run,
    int y_base, int y_image, int y_group, int y_line, int y_pixel,
    int r_base, int r_image, int r_group, int r_line, int r_pixel,
    float act_a, float act_b, int y_zero, int r_zero, float r_scale) {
    const uint gy = get_global_id(1), gz = get_global_id(2);
    const uint panels = (uint)(channels + NR - 1) / NR;
    const int row = gy % (uint)out_rows;
    const int panel = gz % panels;
    const int group = gz / panels % (uint)groups;
    const int image = gy / (uint)out_rows + gz / panels / (uint)groups * image_block;
    if (image >= images) return;

    // The last tile of a row starts early enough to stay inside the row and leaves its first pixels to its neighbour.
    // A row shorter than a tile is computed pixel by pixel, every pixel of the tile being the same one.
    const bool narrow = out_columns < MR;
    const int begin = get_global_id(0) * (MR * TILES);
    const int end = min(begin + MR * TILES, out_columns);
    const int step = narrow ? 0 : x_pixel;
    const int keep = narrow ? 1 : MR;

    const int words = run / RUN_OF_WORD;
    const ulong slice = (ulong)(group * (int)panels + panel);
    __global const bias_element *b = bias + bias_offset + slice * NR;
    __global const float *sc = scale + scale_offset + slice * NR;
    const epilogue_scalars scalars = {(float)y_zero, (float)r_zero, r_scale, act_a, act_b};

    for (int first = begin; first < end; first += keep) {
        const int column = narrow ? first : min(first, out_columns - MR);
        const int skip = first - column;
        __global const x_element *xt = x + x_offset + x_base + (long)image * x_image + (long)group * x_group +
                                       (long)row * x_line + (long)column * x_pixel;
        __global const w_element *wp = w + w_offset + slice * NR * tap_rows * tap_cols * run;

        accumulator acc[MR][NV];
#pragma unroll
        for (int m = 0; m < MR; m++)
#pragma unroll
            for (int n = 0; n < NV; n++) acc[m][n] = 0;

        for (int tr = 0; tr < tap_rows; tr++) {
            for (int tc = 0; tc < tap_cols; tc++) {
                __global const x_element *xp = xt + (long)tr * tap_row + (long)tc * tap_col;
#pragma unroll UNROLL
                for (int k = 0; k < words; k++) {
                    CAT(words_, W_FORMAT) wv[NV];
#pragma unroll
                    for (int n = 0; n < NV; n++)
                        wv[n] = CAT(load_panel_, W_FORMAT)(wp + (k * NR + n * VW) * RUN_OF_WORD);
#pragma unroll
                    for (int m = 0; m < MR; m++) {
                        const CAT(word_, X_FORMAT) a =
                            CAT(load_word_, X_FORMAT)(xp + (long)m * step + k * RUN_OF_WORD);
#pragma unroll
                        for (int n = 0; n < NV; n++) acc[m][n] = dot(acc[m][n], a, wv[n]);
                    }
                }
                wp += (long)run * NR;
            }
        }

        const long y_at = y_base + (long)image * y_image + (long)group * y_group + (long)row * y_line + panel * NR;
        const long r_at = r_base + (long)image * r_image + (long)group * r_group + (long)row * r_line + panel * NR;
#pragma unroll
        for (int m = 0; m < MR; m++) {
            if (m < skip || m >= keep) continue;
#pragma unroll
            for (int n = 0; n < NV; n++) {
                VEC(float) sv = 0.0f;
                if (CAT(quantised_, X_FORMAT) || CAT(quantised_, Y_FORMAT)) sv = LOAD_VEC(n, sc);
                finish(acc[m][n], LOAD_VEC(n, b), sv, scalars,
                       r + r_offset + (r_at + (long)(column + m) * r_pixel + n * VW),
                       y + y_offset + (y_at + (long)(column + m) * y_pixel + n * VW),
                       channels - panel * NR - n * VW);
            }
        }
    }
}

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
// Every stride and offset counts elements of its own buffer: of f32, u8, s16 and l8 the numbers themselves, of the other
// formats 32-bit words (element_F, units_F). A buffer that the build does not use (scale of an f32 sum with f32 output,
// blocks without FOLD, list without LISTED, table of weights that are not places in one, r without RESIDUAL) may be any
// buffer: it is not read.
//   x      [image][row][column][channel] with its halo in memory; x_base is the first element read for output (0, 0) of
//          group 0, image 0. For each of tap_rows * tap_cols taps, `run` neighbouring elements are contracted (with
//          dilation 1 and one group: tap_cols = 1, run = KW * C), a multiple of X_UNITS: the channels of a tap are padded
//          to RUN. Every x stride is a multiple of a 32-bit word. The weights of the padding are 0, so x may hold
//          anything there, if f32 anything finite; b1 weights have no 0: x holds 0 there (f32, u8), clear bits (b1).
//   w      [group][panel][K / RUN][NV][W_WORDS][VW] words; K = tap_rows * tap_cols * run, the last panel padded with
//          zeros.
//   bias   [group][panel][NR], padded; integer where sums are. u8: holds -zero * sum(w); b1 by b1: the true length of
//          the contracted axis.
//   scale  [group][panel][NR], padded.
//   list   with LISTED, see prelude/list.cl: w holds only the runs it names, tap_rows and tap_cols are 1. Not with FOLD.
//   blocks with FOLD: [group][panel][tap][block][NR], the blocks of BLOCK elements of a tap, the last one may be short.
//   table  the numbers that weights name the places of, 2^bits of them.
//   r, y   channels-last; only the first `channels` channels of a group are touched, of bit planes whole words.
//   act_a, act_b: see activate. y_zero, r_zero: zero points; y_low, y_high: least and most code; r_scale: residual step
//          over output step (f32: unused).

#ifndef MR
#define MR 4 // pixels: output pixels of one work-item; at most out_columns for full speed
#endif
#ifndef NV
#define NV 2 // vectors: channel vectors of one panel
#endif
#ifndef UNROLL
#define UNROLL 1 // runs: contracted runs of one loop step; the compiler may decline a larger one with a warning
#endif
#ifndef TILES
#define TILES 14 // tiles: neighbouring tiles of a row in one work-item; more than 1 pays for a short K
#endif
#ifdef __clang__
#pragma clang diagnostic ignored "-Wpass-failed" // a loop the compiler declines to unroll is still right
#endif
#define NR (NV * VW)

#define HAS_SCALE (CAT(quantised_, X_FORMAT) || CAT(quantised_, W_FORMAT) || CAT(quantised_, Y_FORMAT))

typedef CAT(element_, X_FORMAT) x_element;

// Word i of run k of pixel m of the tile.
#define X_WORD(m, k, i) (((__global const uint *)(xp + (long)(m) * step + X_AT(places, k)))[i])

// Adds run k of the tile to the sums: the words of the panel are loaded and expanded once for all pixels.
#define STEP_RUN(sums, k)                                                                                              \
    {                                                                                                                  \
        VEC(uint) raw[NV][W_WORDS];                                                                                    \
        UNROLLED for (int n = 0; n < NV; n++)                                                                          \
            UNROLLED for (int i = 0; i < W_WORDS; i++)                                                                 \
                raw[n][i] = LOAD_VEC((k) * (NV * W_WORDS) + n * W_WORDS + i, wp);                                      \
        UNROLLED for (int s = 0; s < STEPS; s++) {                                                                     \
            expanded wv[NV];                                                                                           \
            UNROLLED for (int n = 0; n < NV; n++) EXPAND(&wv[n], raw[n], s);                                           \
            UNROLLED for (int m = 0; m < MR; m++) {                                                                    \
                uint a[STEP_WORDS];                                                                                    \
                UNROLLED for (int i = 0; i < STEP_WORDS; i++) a[i] = X_WORD(m, k, STEP_WORD(s) + i);                   \
                UNROLLED for (int n = 0; n < NV; n++) sums[m][n] = dot(sums[m][n], a, wv[n], s);                       \
            }                                                                                                          \
        }                                                                                                              \
    }
#define UNROLLED _Pragma("unroll")

#if CAT(entries_, W_FORMAT)
#define EXPAND(w, raw, s) expand(w, raw, s, numbers)
#else
#define EXPAND(w, raw, s) expand(w, raw, s)
#endif

__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void contract_dense(
    __global const x_element *x, ulong x_offset, __global const uint *w, ulong w_offset,
    __global const bias_element *bias, ulong bias_offset, __global const float *scale, ulong scale_offset,
    __global const float *blocks, ulong blocks_offset, __global const int *list, ulong list_offset,
    __global const float *table, ulong table_offset,
    __global const r_element *r, ulong r_offset, __global y_element *y, ulong y_offset,
    int images, int image_block, int groups, int channels, int out_rows, int out_columns,
    int x_base, int x_image, int x_group, int x_line, int x_pixel,
    int tap_rows, int tap_cols, int tap_row, int tap_col, int run,
    int y_base, int y_image, int y_group, int y_line, int y_pixel,
    int r_base, int r_image, int r_group, int r_line, int r_pixel,
    float act_a, float act_b, int y_zero, int y_low, int y_high, int r_zero, float r_scale) {
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

    const ulong slice = (ulong)(group * (int)panels + panel);
#if LISTED
    const int listed = list[list_offset + slice], runs = list[list_offset + slice + 1] - listed;
    __global const int *places = list + list_offset + listed;
    const ulong w_at = (ulong)(listed - (int)(panels * groups + 1)) * NR * W_WORDS;
#else
    const int runs = run / X_UNITS;
    const ulong w_at = slice * NR * W_WORDS * tap_rows * tap_cols * runs;
#endif
    __global const bias_element *b = bias + bias_offset + slice * NR;
    __global const float *sc = scale + scale_offset + slice * NR;
    const epilogue_scalars scalars = {
        {(float)y_zero, (float)y_low, (float)y_high}, (float)r_zero, r_scale, act_a, act_b};
#if CAT(entries_, W_FORMAT)
    const CAT(table_, W_FORMAT) numbers = CAT(load_table_, W_FORMAT)(table + table_offset);
#endif

    for (int first = begin; first < end; first += keep) {
        const int column = narrow ? first : min(first, out_columns - MR);
        const int skip = first - column;
        __global const x_element *xt = x + x_offset + x_base + (long)image * x_image + (long)group * x_group +
                                       (long)row * x_line + (long)column * x_pixel;
        __global const uint *wp = w + w_offset + w_at;

        accumulator acc[MR][NV];
#pragma unroll
        for (int m = 0; m < MR; m++)
#pragma unroll
            for (int n = 0; n < NV; n++) acc[m][n] = no_sum();
#if FOLDS
        __global const float *block =
            blocks + blocks_offset + slice * NR * tap_rows * tap_cols * ((runs + FOLD_RUNS - 1) / FOLD_RUNS);
#endif

        for (int tr = 0; tr < tap_rows; tr++) {
            for (int tc = 0; tc < tap_cols; tc++) {
                __global const x_element *xp = xt + (long)tr * tap_row + (long)tc * tap_col;
#if FOLD_RUNS
                for (int begin_run = 0; begin_run < runs; begin_run += FOLD_RUNS) {
                    const int end_run = min(begin_run + FOLD_RUNS, runs);
                    partial part[MR][NV];
#pragma unroll
                    for (int m = 0; m < MR; m++)
#pragma unroll
                        for (int n = 0; n < NV; n++) part[m][n] = no_partial();
                    for (int k = begin_run; k < end_run; k++) STEP_RUN(part, k)
#pragma unroll
                    for (int m = 0; m < MR; m++) {
                        const uint power = FOLDS ? X_WORD(m, begin_run, X_WORDS - 1) : 0;
#pragma unroll
                        for (int n = 0; n < NV; n++) {
                            VEC(float) scale_of_block = 0.0f;
#if FOLDS
                            scale_of_block = LOAD_VEC(n, block);
#endif
                            acc[m][n] = fold(acc[m][n], part[m][n], scale_of_block, power);
                        }
                    }
#if FOLDS
                    block += NR;
#endif
                }
#else
#pragma unroll UNROLL
                for (int k = 0; k < runs; k++) STEP_RUN(acc, k)
#endif
                wp += (long)runs * NR * W_WORDS;
            }
        }

        const long y_at = y_base + (long)image * y_image + (long)group * y_group + (long)row * y_line;
        const long r_at = r_base + (long)image * r_image + (long)group * r_group + (long)row * r_line;
#pragma unroll
        for (int m = 0; m < MR; m++) {
            if (m < skip || m >= keep) continue;
#pragma unroll
            for (int n = 0; n < NV; n++) {
                const int channel = panel * NR + n * VW;
                VEC(float) sv = 0.0f;
                if (HAS_SCALE) sv = LOAD_VEC(n, sc);
                finish(acc[m][n], LOAD_VEC(n, b), sv, scalars, r + r_offset + (r_at + (long)(column + m) * r_pixel),
                       y + y_offset + (y_at + (long)(column + m) * y_pixel), channel, channels - channel);
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Dense contraction, class gpu: same arguments, layouts and meaning as dense.cpu.cl.
//
// One work-group computes TILE_M = LM * MR pixels of one output row by NR = NV * VW channels (one panel) of one group;
// one work-item MR of these pixels, LM apart, by one vector of channels. The contracted axis passes through local memory
// in chunks of TILE_K runs, two buffers in turn, so one barrier a chunk is enough.
//
// Local size (NV * LM, 1, 1). Global size; dimension 0 runs fastest:
//   0: ceil(out_columns / TILE_M) * NV * LM
//   1: out_rows * image_block
//   2: ceil(channels / NR) * groups * ceil(images / image_block); panel fastest, then group, then block of images

#ifndef MR
#define MR 4 // pixels: output pixels of one work-item
#endif
#ifndef LM
#define LM 8 // work-items: along the pixels of a work-group
#endif
#ifndef NV
#define NV 8 // vectors: channel vectors of one panel, and work-items along the channels
#endif
#ifndef TILE_K
#define TILE_K 8 // runs: contracted runs of one chunk in local memory
#endif
#define NR (NV * VW)
#define TILE_M (LM * MR)
#define LOCAL_SIZE (NV * LM)
#define X_ROW (TILE_M + 1) // one word of padding keeps the transposed writes in different banks

// Word i of run k of pixel m of the work-item.
#define X_WORD(m, k, i) (cx[((k) * X_WORDS + (i)) * X_ROW + (m) * LM + pixel])

// Adds run k of the chunk to the sums.
#define STEP_RUN(sums, k)                                                                                              \
    {                                                                                                                  \
        VEC(uint) raw[W_WORDS];                                                                                        \
        UNROLLED for (int i = 0; i < W_WORDS; i++) raw[i] = cw[((k) * NV + lane) * W_WORDS + i];                       \
        UNROLLED for (int s = 0; s < STEPS; s++) {                                                                     \
            expanded wv;                                                                                               \
            EXPAND(&wv, raw, s);                                                                                       \
            UNROLLED for (int m = 0; m < MR; m++) {                                                                    \
                uint a[STEP_WORDS];                                                                                    \
                UNROLLED for (int i = 0; i < STEP_WORDS; i++) a[i] = X_WORD(m, k, STEP_WORD(s) + i);                   \
                sums[m] = dot(sums[m], a, wv, s);                                                                      \
            }                                                                                                          \
        }                                                                                                              \
    }
#define UNROLLED _Pragma("unroll")

#if CAT(entries_, W_FORMAT)
#define EXPAND(w, raw, s) expand(w, raw, s, numbers)
#else
#define EXPAND(w, raw, s) expand(w, raw, s)
#endif
#define HAS_SCALE (CAT(quantised_, X_FORMAT) || CAT(quantised_, W_FORMAT) || CAT(quantised_, Y_FORMAT))

typedef CAT(element_, X_FORMAT) x_element;

// Copies `count` (1 .. TILE_K) runs of each pixel of the tile and of the panel; the rest of the chunk becomes zero.
// xp and wp point at the first run of the chunk, xp for pixel 0 of the row; with LISTED places does, and xp at the pixel.
static inline void stage(__local uint *lx, __local VEC(uint) *lw, __global const x_element *xp, __global const uint *wp,
                         __global const int *places, int count, int first, int last, int x_pixel, int item) {
    for (int i = item; i < TILE_M * TILE_K * X_WORDS; i += LOCAL_SIZE) {
        const int k = i % (TILE_K * X_WORDS), m = i / (TILE_K * X_WORDS);
        uint a = 0;
        if (k < count * X_WORDS)
            a = ((__global const uint *)(xp + (long)min(first + m, last) * x_pixel +
                                         X_AT(places, k / X_WORDS)))[k % X_WORDS];
        lx[k * X_ROW + m] = a;
    }
    for (int i = item; i < NV * TILE_K * W_WORDS; i += LOCAL_SIZE) {
        VEC(uint) v = 0;
        if (i < count * (NV * W_WORDS)) v = LOAD_VEC(i, wp);
        lw[i] = v;
    }
}

__kernel __attribute__((reqd_work_group_size(LOCAL_SIZE, 1, 1))) void contract_dense(
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
    const uint gy = get_group_id(1), gz = get_group_id(2);
    const uint panels = (uint)(channels + NR - 1) / NR;
    const int row = gy % (uint)out_rows;
    const int panel = gz % panels;
    const int group = gz / panels % (uint)groups;
    const int image = gy / (uint)out_rows + gz / panels / (uint)groups * image_block;
    if (image >= images) return;

    const int item = get_local_id(0);
    const int lane = item % NV, pixel = item / NV;
    const int first = get_group_id(0) * TILE_M;
    const ulong slice = (ulong)(group * (int)panels + panel);
    __global const x_element *xt =
        x + x_offset + x_base + (long)image * x_image + (long)group * x_group + (long)row * x_line;
#if LISTED
    const int listed = list[list_offset + slice], runs = list[list_offset + slice + 1] - listed;
    __global const int *places = list + list_offset + listed;
    __global const uint *wt = w + w_offset + (ulong)(listed - (int)(panels * groups + 1)) * NR * W_WORDS;
#else
    const int runs = run / X_UNITS;
    __global const int *places = 0;
    __global const uint *wt = w + w_offset + slice * NR * W_WORDS * tap_rows * tap_cols * runs;
#endif

#if CAT(entries_, W_FORMAT)
    const CAT(table_, W_FORMAT) numbers = CAT(load_table_, W_FORMAT)(table + table_offset);
#endif

    __local uint lx[2][TILE_K * X_WORDS * X_ROW];
    __local VEC(uint) lw[2][TILE_K * NV * W_WORDS];

    accumulator acc[MR];
#pragma unroll
    for (int m = 0; m < MR; m++) acc[m] = no_sum();
#if FOLD_RUNS
    partial part[MR];
#pragma unroll
    for (int m = 0; m < MR; m++) part[m] = no_partial();
#endif
#if FOLDS
    __global const float *block = blocks + blocks_offset + lane * VW +
                                  slice * NR * tap_rows * tap_cols * ((runs + FOLD_RUNS - 1) / FOLD_RUNS);
#endif

    const int per_tap = (runs + TILE_K - 1) / TILE_K;
    const int chunks = tap_rows * tap_cols * per_tap;
    stage(lx[0], lw[0], xt, wt, places, min(runs, TILE_K), first, out_columns - 1, x_pixel, item);
    for (int c = 0; c < chunks; c++) {
        barrier(CLK_LOCAL_MEM_FENCE);
        if (c + 1 < chunks) {
            const int tap = (c + 1) / per_tap, k = (c + 1) % per_tap * TILE_K;
            stage(lx[(c + 1) & 1], lw[(c + 1) & 1],
                  xt + (long)(tap / tap_cols) * tap_row + (long)(tap % tap_cols) * tap_col + (LISTED ? 0 : k * X_UNITS),
                  wt + ((long)tap * runs + k) * NR * W_WORDS, places + (LISTED ? k : 0), min(runs - k, TILE_K), first, out_columns - 1,
                  x_pixel, item);
        }
        __local const uint *cx = lx[c & 1];
        __local const VEC(uint) *cw = lw[c & 1];
#if FOLD_RUNS
        const int before = c % per_tap * TILE_K; // runs of this tap in earlier chunks
        for (int k = 0; k < min(runs - before, TILE_K); k++) {
            STEP_RUN(part, k)
            if ((before + k + 1) % FOLD_RUNS == 0 || before + k + 1 == runs) {
                VEC(float) scale_of_block = 0.0f;
#if FOLDS
                scale_of_block = LOAD_VEC(0, block);
                block += NR;
#endif
#pragma unroll
                for (int m = 0; m < MR; m++) {
                    acc[m] = fold(acc[m], part[m], scale_of_block, X_WORD(m, k, X_WORDS - 1));
                    part[m] = no_partial();
                }
            }
        }
#else
#pragma unroll
        for (int k = 0; k < TILE_K; k++) STEP_RUN(acc, k)
#endif
    }

    const ulong at = slice * NR + lane * VW;
    VEC(float) scales = 0.0f;
    if (HAS_SCALE) scales = LOAD_VEC(0, scale + scale_offset + at);
    const epilogue_scalars scalars = {
        {(float)y_zero, (float)y_low, (float)y_high}, (float)r_zero, r_scale, act_a, act_b};
    const int channel = panel * NR + lane * VW;
    const long y_at = y_base + (long)image * y_image + (long)group * y_group + (long)row * y_line;
    const long r_at = r_base + (long)image * r_image + (long)group * r_group + (long)row * r_line;
#pragma unroll
    for (int m = 0; m < MR; m++) {
        const int column = first + m * LM + pixel;
        if (column < out_columns)
            finish(acc[m], LOAD_VEC(0, bias + bias_offset + at), scales, scalars,
                   r + r_offset + (r_at + (long)column * r_pixel), y + y_offset + (y_at + (long)column * y_pixel),
                   channel, channels - channel);
    }
}

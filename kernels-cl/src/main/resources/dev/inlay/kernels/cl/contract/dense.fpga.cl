// SPDX-License-Identifier: Apache-2.0
// Dense contraction, class fpga: same buffers, layouts and meaning as dense.cpu.cl, as a pipeline of five kernels of one
// work-item each:
//
//   contract_read ---- x_runs, residuals ----+
//   contract_weigh --- w_runs, biases, scales -> contract_sum -- sums -> contract_activate -- values -> contract_write
//
// A tile is MR pixels of one output row by NR = NV * VW channels (one panel) of one group. contract_sum holds MR * NR
// sums; a token of weights, RUNS runs of a panel, meets MR tokens of activations, RUNS runs of a pixel, one a cycle, so
// that a sum is added to every MR cycles only. Its RUNS * NR dot products are the processing elements. The next token of
// weights is fetched into the other half of a double buffer meanwhile. contract_sum and contract_activate have no
// arguments: what they need to know comes with the tokens, and one bitstream serves every layer.
//
// Tiles are numbered, pixels of a row fastest, then row, image, panel, group; a launch computes the `count` tiles from
// `first` on. A table of weights is read where the weights are: tokens hold the numbers. Circulant blocks become weights
// there too: with CIRCULANT w holds their vectors, each twice in a row, [output block][tap][input block][2][number], and
// the weight of output o and input i is number (o - i) mod CIRCULANT of their block. f32 only, one group, taps apart.

#ifndef MR
#define MR 8 // pixels: output pixels of a tile
#endif
#ifndef NV
#define NV 2 // vectors: channel vectors of one panel
#endif
#ifndef RUNS
#define RUNS 2 // runs: contracted runs of one token
#endif
#ifndef CIRCULANT
#define CIRCULANT 0 // length of the vectors of circulant blocks, a power of two; 0: the weights themselves
#endif
#ifndef DEPTH
#define DEPTH 64 // tokens: how many a channel holds on a board
#endif
#if defined(__clang__) && !INLAY_HAS_CHANNELS
#pragma clang diagnostic ignored "-Wpass-failed" // a loop the compiler declines to unroll is still right
#endif
#define NR (NV * VW)

#define HAS_SCALE (CAT(quantised_, X_FORMAT) || CAT(quantised_, W_FORMAT) || CAT(quantised_, Y_FORMAT))
#define HAS_TABLE CAT(entries_, W_FORMAT)
#if HAS_TABLE
#define HELD_WORDS RUN // words of the weights of one channel in a run: the numbers themselves
#else
#define HELD_WORDS W_WORDS
#endif
#define PANEL_WORDS (RUNS * HELD_WORDS * NR)
#define SCALE_WORDS (FOLDS * RUNS * NR)

typedef CAT(element_, X_FORMAT) x_element;

typedef struct {
    uint word[RUNS * X_WORDS];
} x_token;
// [run][vector][word][lane], with FOLDS the scales [run][channel] of blocks, then whether this is the last of a sum (bit
// 31) and which of its runs close a partial sum (bit of the run).
typedef struct {
    uint word[PANEL_WORDS + SCALE_WORDS + 1];
} w_token;
#define IS_LAST 0x80000000u
typedef struct {
    bias_element number[NR];
} bias_token;
// One number a channel, then the parameters of the activation.
typedef struct {
    float number[NR + 2];
} scale_token;
typedef struct {
    float number[NR];
} value_token;

CHANNEL(x_token, x_runs, DEPTH)
CHANNEL(w_token, w_runs, DEPTH)
CHANNEL(bias_token, biases, DEPTH)
CHANNEL(scale_token, scales, DEPTH)
CHANNEL(scale_token, sums, DEPTH)
CHANNEL(value_token, values, DEPTH)
#if RESIDUAL || !INLAY_HAS_CHANNELS
CHANNEL(value_token, residuals, DEPTH)
#endif

// Where a tile is.
typedef struct {
    int column, row, image, panel, group;
} tile_place;
static inline tile_place place_of(int tile, int images, int panels, int rows, int columns) {
    const uint tiles = (uint)(columns + MR - 1) / MR;
    uint rest = (uint)tile / tiles;
    tile_place place;
    place.column = (int)((uint)tile % tiles) * MR;
    place.row = (int)(rest % (uint)rows);
    rest /= (uint)rows;
    place.image = (int)(rest % (uint)images);
    rest /= (uint)images;
    place.panel = (int)(rest % (uint)panels);
    place.group = (int)(rest / (uint)panels);
    return place;
}

// Pixels beyond the end of a row are those of its last one, runs beyond the last one zeros.
TASK __kernel void contract_read(
    __global const x_element *x, ulong x_offset, __global const int *list, ulong list_offset,
    __global const r_element *r, ulong r_offset,
    int images, int groups, int channels, int out_rows, int out_columns,
    int x_base, int x_image, int x_group, int x_line, int x_pixel,
    int tap_rows, int tap_cols, int tap_row, int tap_col, int run,
    int r_base, int r_image, int r_group, int r_line, int r_pixel,
    int r_zero, float r_scale, int first, int count CHANNEL_ARGUMENT(x_runs) CHANNEL_ARGUMENT(residuals)) {
    const int panels = (channels + NR - 1) / NR;
    for (int tile = first; tile < first + count; tile++) {
        const tile_place at = place_of(tile, images, panels, out_rows, out_columns);
        __global const x_element *xt = x + x_offset + x_base + (long)at.image * x_image + (long)at.group * x_group +
                                       (long)at.row * x_line;
#if LISTED
        const ulong slice = (ulong)(at.group * panels + at.panel);
        const int listed = list[list_offset + slice], runs = list[list_offset + slice + 1] - listed;
        __global const int *places = list + list_offset + listed;
#else
        const int runs = run / X_UNITS;
#endif
        for (int tap = 0; tap < tap_rows * tap_cols; tap++) {
            __global const x_element *xp = xt + (long)(tap / tap_cols) * tap_row + (long)(tap % tap_cols) * tap_col;
            for (int k = 0; k == 0 || k < runs; k += RUNS) {
                for (int m = 0; m < MR; m++) {
                    __global const x_element *pixel = xp + (long)min(at.column + m, out_columns - 1) * x_pixel;
                    x_token token;
#pragma unroll
                    for (int v = 0; v < RUNS; v++) {
#pragma unroll
                        for (int i = 0; i < X_WORDS; i++)
                            token.word[v * X_WORDS + i] =
                                k + v < runs ? ((__global const uint *)(pixel + X_AT(places, k + v)))[i] : 0;
                    }
                    WRITE_CHANNEL(x_runs, token);
                }
            }
        }
#if RESIDUAL
        __global const r_element *rt = r + r_offset + r_base + (long)at.image * r_image + (long)at.group * r_group +
                                       (long)at.row * r_line;
        for (int m = 0; m < MR; m++) {
            value_token token;
#pragma unroll
            for (int n = 0; n < NV; n++) {
                const int output = at.panel * NR + n * VW;
                STORE_VEC(load_residual(rt + (long)min(at.column + m, out_columns - 1) * r_pixel, output,
                                        channels - output, r_zero, r_scale), n, token.number);
            }
            WRITE_CHANNEL(residuals, token);
        }
#endif
    }
}

#if CIRCULANT
// The weights of VW channels, `output` and after, of one input of a tap.
static inline VEC(uint) circulant_weights(__global const uint *w, int output, int outputs, int tap, int taps, int input,
                                          int inputs) {
    const int blocks = (inputs + CIRCULANT - 1) / CIRCULANT;
    uint lanes[VW];
#pragma unroll
    for (int lane = 0; lane < VW; lane++) {
        const int o = output + lane;
        const long block = ((long)(o / CIRCULANT) * taps + tap) * blocks + input / CIRCULANT;
        lanes[lane] = o < outputs ? w[block * 2 * CIRCULANT + ((o - input) & (CIRCULANT - 1))] : 0;
    }
    return LOAD_VEC(0, lanes);
}
#endif

TASK __kernel void contract_weigh(
    __global const uint *w, ulong w_offset, __global const bias_element *bias, ulong bias_offset,
    __global const float *scale, ulong scale_offset, __global const float *blocks, ulong blocks_offset,
    __global const int *list, ulong list_offset, __global const float *table, ulong table_offset,
    int images, int groups, int channels, int out_rows, int out_columns, int tap_rows, int tap_cols, int run,
    float act_a, float act_b, int first, int count
    CHANNEL_ARGUMENT(w_runs) CHANNEL_ARGUMENT(biases) CHANNEL_ARGUMENT(scales)) {
    const int panels = (channels + NR - 1) / NR, taps = tap_rows * tap_cols;
#if HAS_TABLE
    const CAT(table_, W_FORMAT) numbers = CAT(load_table_, W_FORMAT)(table + table_offset);
#endif
    for (int tile = first; tile < first + count; tile++) {
        const tile_place at = place_of(tile, images, panels, out_rows, out_columns);
        const ulong slice = (ulong)(at.group * panels + at.panel);
#if LISTED
        const int listed = list[list_offset + slice], runs = list[list_offset + slice + 1] - listed;
        __global const uint *wp = w + w_offset + (ulong)(listed - (panels * groups + 1)) * NR * W_WORDS;
#elif CIRCULANT
        const int runs = run;
        __global const uint *wp = w + w_offset;
#else
        const int runs = run / X_UNITS;
        __global const uint *wp = w + w_offset + slice * NR * W_WORDS * taps * runs;
#endif
#if FOLDS
        const int per_tap = (runs + FOLD_RUNS - 1) / FOLD_RUNS;
        __global const float *block = blocks + blocks_offset + slice * NR * taps * per_tap;
#endif
        for (int tap = 0; tap < taps; tap++) {
            for (int k = 0; k == 0 || k < runs; k += RUNS) {
                w_token token;
                uint flags = tap + 1 == taps && k + RUNS >= runs ? IS_LAST : 0;
#pragma unroll
                for (int v = 0; v < RUNS; v++) {
                    const bool some = k + v < runs;
#pragma unroll
                    for (int n = 0; n < NV; n++) {
                        VEC(uint) raw[W_WORDS];
#pragma unroll
                        for (int i = 0; i < W_WORDS; i++) {
                            raw[i] = 0;
#if CIRCULANT
                            if (some)
                                raw[i] = circulant_weights(wp, at.panel * NR + n * VW, channels, tap, taps, k + v, run);
#else
                            if (some) raw[i] = LOAD_VEC((((long)tap * runs + k + v) * NV + n) * W_WORDS + i, wp);
#endif
                        }
#if HAS_TABLE
#pragma unroll
                        for (int s = 0; s < STEPS; s++) {
                            expanded four;
                            expand(&four, raw, s, numbers);
#pragma unroll
                            for (int e = 0; e < 4; e++)
                                STORE_VEC(CAT(as_uint, VW)(four.four[e]), (v * NV + n) * RUN + s * 4 + e, token.word);
                        }
#else
#pragma unroll
                        for (int i = 0; i < W_WORDS; i++) STORE_VEC(raw[i], (v * NV + n) * W_WORDS + i, token.word);
#endif
#if FOLDS
                        VEC(float) scale_of_block = 0.0f;
                        if (some) scale_of_block = LOAD_VEC((tap * per_tap + (k + v) / FOLD_RUNS) * NV + n, block);
                        STORE_VEC(CAT(as_uint, VW)(scale_of_block), v * NV + n, token.word + PANEL_WORDS);
#endif
                    }
#if FOLD_RUNS
                    if (some && ((k + v + 1) % FOLD_RUNS == 0 || k + v + 1 == runs)) flags |= 1u << v;
#endif
                }
                token.word[PANEL_WORDS + SCALE_WORDS] = flags;
                WRITE_CHANNEL(w_runs, token);
            }
        }
        bias_token offset;
        scale_token factor;
#pragma unroll
        for (int n = 0; n < NR; n++) {
            offset.number[n] = bias[bias_offset + slice * NR + n];
            factor.number[n] = 0.0f;
            if (HAS_SCALE) factor.number[n] = scale[scale_offset + slice * NR + n];
        }
        factor.number[NR] = act_a;
        factor.number[NR + 1] = act_b;
        WRITE_CHANNEL(biases, offset);
        WRITE_CHANNEL(scales, factor);
    }
}

// Step s of the STEPS of run v of a panel's vector n. It is handed out through a pointer: what inlining makes of a
// struct that is returned is an intrinsic that Oclgrind does not know, and the kernel is then missing in its program.
static inline void read_weights(expanded *w, const uint word[], int v, int n, int s) {
#if HAS_TABLE
#pragma unroll
    for (int e = 0; e < 4; e++) w->four[e] = CAT(as_float, VW)(LOAD_VEC((v * NV + n) * RUN + s * 4 + e, word));
#else
    VEC(uint) raw[W_WORDS];
#pragma unroll
    for (int i = 0; i < W_WORDS; i++) raw[i] = LOAD_VEC((v * NV + n) * W_WORDS + i, word);
    expand(w, raw, s);
#endif
}

AUTORUN __kernel void contract_sum(
    FIRST_CHANNEL_ARGUMENT(x_runs) CHANNEL_ARGUMENT(w_runs) CHANNEL_ARGUMENT(biases) CHANNEL_ARGUMENT(scales)
    CHANNEL_ARGUMENT(sums)) {
    FOREVER(w_runs) {
        accumulator acc[MR][NV];
#if FOLD_RUNS
        partial part[MR][NV];
#endif
        for (int m = 0; m < MR; m++) {
#pragma unroll
            for (int n = 0; n < NV; n++) {
                acc[m][n] = no_sum();
#if FOLD_RUNS
                part[m][n] = no_partial();
#endif
            }
        }
        w_token held[2];
        int turn = 0;
        bool last = false;
        READ_CHANNEL_TO(held[0], w_runs);
        while (!last && !IS_BROKEN(w_runs)) {
            const uint flags = held[turn].word[PANEL_WORDS + SCALE_WORDS];
            last = (flags & IS_LAST) != 0;
            if (!last) {
                READ_CHANNEL_TO(held[1 - turn], w_runs);
            }
            for (int m = 0; m < MR; m++) {
                x_token token;
                READ_CHANNEL_TO(token, x_runs);
#pragma unroll
                for (int v = 0; v < RUNS; v++) {
#pragma unroll
                    for (int s = 0; s < STEPS; s++) {
                        uint a[STEP_WORDS];
#pragma unroll
                        for (int i = 0; i < STEP_WORDS; i++) a[i] = token.word[v * X_WORDS + STEP_WORD(s) + i];
#pragma unroll
                        for (int n = 0; n < NV; n++) {
                            expanded w;
                            read_weights(&w, held[turn].word, v, n, s);
#if FOLD_RUNS
                            part[m][n] = dot(part[m][n], a, w, s);
#else
                            acc[m][n] = dot(acc[m][n], a, w, s);
#endif
                        }
                    }
#if FOLD_RUNS
                    if (flags >> v & 1u) {
                        const uint power = FOLDS ? token.word[v * X_WORDS + X_WORDS - 1] : 0;
#pragma unroll
                        for (int n = 0; n < NV; n++) {
                            VEC(float) scale_of_block = 0.0f;
#if FOLDS
                            scale_of_block =
                                CAT(as_float, VW)(LOAD_VEC(v * NV + n, held[turn].word + PANEL_WORDS));
#endif
                            acc[m][n] = fold(acc[m][n], part[m][n], scale_of_block, power);
                            part[m][n] = no_partial();
                        }
                    }
#endif
                }
            }
            turn = 1 - turn;
        }
        bias_token offset;
        scale_token factor;
        READ_CHANNEL_TO(offset, biases);
        READ_CHANNEL_TO(factor, scales);
        for (int m = 0; m < MR; m++) {
            scale_token token = factor;
#pragma unroll
            for (int n = 0; n < NV; n++)
                STORE_VEC(real_value(acc[m][n], LOAD_VEC(n, offset.number), LOAD_VEC(n, factor.number)), n,
                          token.number);
            WRITE_CHANNEL(sums, token);
        }
    }
}

AUTORUN __kernel void contract_activate(
    FIRST_CHANNEL_ARGUMENT(sums) CHANNEL_ARGUMENT(residuals) CHANNEL_ARGUMENT(values)) {
    FOREVER(sums) {
        scale_token sum;
        READ_CHANNEL_TO(sum, sums);
#if RESIDUAL
        value_token residual;
        READ_CHANNEL_TO(residual, residuals);
#endif
        value_token value;
#pragma unroll
        for (int n = 0; n < NV; n++) {
            VEC(float) v = LOAD_VEC(n, sum.number);
#if RESIDUAL
            v += LOAD_VEC(n, residual.number);
#endif
            STORE_VEC(activate(v, sum.number[NR], sum.number[NR + 1]), n, value.number);
        }
        WRITE_CHANNEL(values, value);
    }
}

TASK __kernel void contract_write(
    __global y_element *y, ulong y_offset, int images, int groups, int channels, int out_rows, int out_columns,
    int y_base, int y_image, int y_group, int y_line, int y_pixel, int y_zero, int y_low, int y_high,
    int first, int count CHANNEL_ARGUMENT(values)) {
    const int panels = (channels + NR - 1) / NR;
    const code_range range = {(float)y_zero, (float)y_low, (float)y_high};
    for (int tile = first; tile < first + count; tile++) {
        const tile_place at = place_of(tile, images, panels, out_rows, out_columns);
        __global y_element *yt = y + y_offset + y_base + (long)at.image * y_image + (long)at.group * y_group +
                                 (long)at.row * y_line;
        for (int m = 0; m < MR; m++) {
            value_token token;
            READ_CHANNEL_TO(token, values);
            if (at.column + m >= out_columns) continue;
            __global y_element *pixel = yt + (long)(at.column + m) * y_pixel;
            for (int n = 0; n < NV; n++) {
                const int output = at.panel * NR + n * VW;
                if (output < channels)
                    CAT(store_, Y_FORMAT)(LOAD_VEC(n, token.number), pixel, output, channels - output, range);
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
// Contraction of weights of which N of M neighbouring input channels are held, with its epilogue: Mishra et al.,
// "Accelerating Sparse Deep Neural Networks", 2021. The weights stay packed: each is multiplied by the activation, of the M
// of its group, that a code of ceil(log2 M) bits picks.
//
// One work-item computes MR pixels of one output row by NR = NV * VW channels of one group. Global size (local size 1):
//   0: ceil(out_columns / MR)   1: out_rows * images   2: ceil(channels / NR) * groups
//
//   x      [image][row][column][channel] with its halo in memory; x is what output (0, 0) of group 0 reads first. For each
//          of tap_rows * tap_cols taps `depth` neighbouring elements are contracted.
//   w      [group][panel][tap][chunk][NV][CHUNK][VW] words: the codes, then the weights, of GROUPS times M
//          input channels. Code i is PER_WORD to a word at bit CODE_BITS * (i % PER_WORD); what fills the last chunk of a
//          tap, and panels, is zero.
//   bias, scale  [group][panel][NR], padded; of codes bias is counted in scale, of floats scale is not used
//   r, y   channels-last, only the first `channels` channels of a group are touched

#ifndef N
#define N 2 // weights that are held
#endif
#ifndef M
#define M 4 // of so many
#endif
#ifndef W_FORMAT
#define W_FORMAT f32 // storage of the weights
#endif
#ifndef MR
#define MR 7 // pixels: of a row, at most out_columns
#endif
#ifndef NV
#define NV 1 // vectors: channel vectors of a panel
#endif
#define NR (NV * VW)

#if M > 8
#define CODE_BITS 4
#define WIDTH 16
#elif M > 4
#define CODE_BITS 3
#define WIDTH 8
#elif M > 2
#define CODE_BITS 2
#define WIDTH 4
#else
#define CODE_BITS 1
#define WIDTH 2
#endif
#define PER_WORD (32 / CODE_BITS)
#define GROUPS (N < PER_WORD ? PER_WORD / N : 1)
#define PICKS (GROUPS * N)
#define CODE_WORDS ((PICKS + PER_WORD - 1) / PER_WORD)
#define RUN_W CAT(run_, W_FORMAT)
#define RUN_WORDS CAT(words_, W_FORMAT)
#define CHUNK (CODE_WORDS + (PICKS + RUN_W - 1) / RUN_W * RUN_WORDS) // words

typedef CAT(float, WIDTH) activations;

// M neighbouring activations, the first `left` of which are there.
static inline activations load_group(__global const float *p, int left) {
    float lanes[WIDTH];
    for (int i = 0; i < WIDTH; i++) lanes[i] = i < min(M, left) ? p[i] : 0.0f;
    return CAT(vload, WIDTH)(0, lanes);
}

// Per lane: the activation that its lowest CODE_BITS bits name.
static inline VEC(float) pick(activations from, VEC(uint) at) {
#ifdef HAS_PICK
#if WIDTH == 2
    return pick_of_four((float8)(from, from, from, from), at & 1u);
#elif WIDTH == 4
    return pick_of_four((float8)(from, from), at);
#elif WIDTH == 8
    return pick_of_eight(from, at);
#else
    return select(pick_of_eight(from.lo, at), pick_of_eight(from.hi, at), as_int8(at << 28u));
#endif
#else
    return shuffle(from, at & (uint)(WIDTH - 1));
#endif
}

// Adds the products of a chunk, its first group being at p, of whose channels `left` are there.
#define STEP_CHUNK(LOAD_GROUP)                                                                                         \
    UNROLLED for (int g = 0; g < GROUPS; g++) {                                                                        \
        VEC(uint) code[NV][N];                                                                                         \
        VEC(float) weight[NV][N];                                                                                      \
        UNROLLED for (int v = 0; v < NV; v++)                                                                          \
            UNROLLED for (int n = 0; n < N; n++) {                                                                     \
                const int i = g * N + n;                                                                               \
                code[v][n] = LOAD_VEC(v * CHUNK + i / PER_WORD, wp) >> (uint)(i % PER_WORD * CODE_BITS);               \
                VEC(uint) raw[RUN_WORDS];                                                                              \
                UNROLLED for (int word = 0; word < RUN_WORDS; word++)                                                  \
                    raw[word] = LOAD_VEC(v * CHUNK + CODE_WORDS + i / RUN_W * RUN_WORDS + word, wp);                   \
                weight[v][n] = CAT(real_, W_FORMAT)(raw, i % RUN_W);                                                   \
            }                                                                                                          \
        UNROLLED for (int m = 0; m < MR; m++) {                                                                        \
            __global const float *p = xp + (long)m * x_pixel + g * M;                                                  \
            const activations from = LOAD_GROUP;                                                                       \
            UNROLLED for (int v = 0; v < NV; v++)                                                                      \
                UNROLLED for (int n = 0; n < N; n++)                                                                   \
                    acc[m][v] = multiply_add(pick(from, code[v][n]), weight[v][n], acc[m][v]);                         \
        }                                                                                                              \
    }
#define UNROLLED _Pragma("unroll")

#if M == WIDTH
#define LOAD_WHOLE CAT(vload, WIDTH)(0, p)
#else
#define LOAD_WHOLE load_group(p, M)
#endif

__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void contract_nofm(
    __global const float *x, ulong x_offset, __global const uint *w, ulong w_offset, __global const float *bias,
    ulong bias_offset, __global const float *scale, ulong scale_offset, __global const float *r, ulong r_offset,
    __global float *y, ulong y_offset, int channels, int depth, int out_rows, int out_columns, int x_image, int x_group,
    int x_line, int x_pixel, int tap_rows, int tap_cols, int tap_row, int tap_col, int y_image, int y_group, int y_line,
    int y_pixel, int r_image, int r_group, int r_line, int r_pixel, float act_a, float act_b) {
    const uint panels = (uint)(channels + NR - 1) / NR;
    const uint slice = get_global_id(2);
    const int panel = slice % panels, group = slice / panels;
    const int row = get_global_id(1) % (uint)out_rows, image = get_global_id(1) / (uint)out_rows;
    const int first = get_global_id(0) * MR, column = min(first, out_columns - MR);
    const int chunks = (depth + GROUPS * M - 1) / (GROUPS * M);

    __global const float *xt = x + x_offset + (long)image * x_image + (long)group * x_group + (long)row * x_line +
                               (long)column * x_pixel;
    __global const uint *wp =
        w + w_offset + (ulong)slice * tap_rows * tap_cols * chunks * (NR * CHUNK);

    VEC(float) acc[MR][NV];
    UNROLLED for (int m = 0; m < MR; m++)
        UNROLLED for (int v = 0; v < NV; v++) acc[m][v] = 0.0f;
    for (int tr = 0; tr < tap_rows; tr++) {
        for (int tc = 0; tc < tap_cols; tc++) {
            __global const float *xp = xt + (long)tr * tap_row + (long)tc * tap_col;
            int left = depth;
            for (; left >= GROUPS * M; left -= GROUPS * M) {
                STEP_CHUNK(LOAD_WHOLE)
                xp += GROUPS * M;
                wp += NR * CHUNK;
            }
            if (left > 0) {
                STEP_CHUNK(load_group(p, left - g * M))
                wp += NR * CHUNK;
            }
        }
    }

    UNROLLED for (int m = 0; m < MR; m++) {
        if (column + m < first) continue;
        __global float *to = y + y_offset + (long)image * y_image + (long)group * y_group + (long)row * y_line +
                             (long)(column + m) * y_pixel;
        __global const float *beside = r + r_offset + (long)image * r_image + (long)group * r_group +
                                       (long)row * r_line + (long)(column + m) * r_pixel;
        UNROLLED for (int v = 0; v < NV; v++) {
            const ulong at = (ulong)slice * NV + v;
            VEC(float) value = acc[m][v] + LOAD_VEC(at, bias + bias_offset);
#if CAT(quantised_, W_FORMAT)
            value *= LOAD_VEC(at, scale + scale_offset);
#endif
            float lanes[VW];
            STORE_VEC(value, 0, lanes);
            const int from = panel * NR + v * VW, valid = min(VW, channels - from);
            for (int i = 0; i < valid; i++) to[from + i] = finished(lanes[i], beside, from + i, act_a, act_b);
        }
    }
}

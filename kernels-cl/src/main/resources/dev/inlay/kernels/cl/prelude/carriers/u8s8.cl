// SPDX-License-Identifier: Apache-2.0
// Carrier u8s8: unsigned bytes of activations by signed bytes, to which narrower weights are expanded; exact in 32-bit
// integers.

#ifndef X_FORMAT
#define X_FORMAT u8 // storage of the activations
#endif
#ifndef W_FORMAT
#define W_FORMAT s8 // storage of the weights
#endif
#ifndef Y_FORMAT
#define Y_FORMAT u8 // storage of the output
#endif

typedef VEC(int) partial;
#define STEPS (RUN / 4)
#define STEP_WORD(s) (s)
#define STEP_WORDS 1
#define FOLDS FOLD

// How many runs of pairs of products fit 16 bits. Codes of four bits and fewer are summed so.
#define PAIR_RUNS (32767 / (510 * CAT(bound_, W_FORMAT) * (RUN / 4)))
#if defined(HAS_DOT_PAIRS) && CAT(bound_, W_FORMAT) <= 8 && (!FOLD || BLOCK <= PAIR_RUNS * RUN)
#define IN_PAIRS 1
#else
#define IN_PAIRS 0
#endif

#if FOLD
#define FOLD_RUNS (BLOCK / RUN)
typedef VEC(float) accumulator;
typedef float bias_element;
typedef VEC(float) bias_vector;
#else
#if IN_PAIRS
#define FOLD_RUNS PAIR_RUNS
#else
#define FOLD_RUNS 0
#endif
typedef VEC(int) accumulator;
typedef int bias_element;
typedef VEC(int) bias_vector;
#endif

static inline accumulator no_sum(void) { return (accumulator)(0); }
static inline partial no_partial(void) { return (partial)(0); }

#if IN_PAIRS
typedef VEC(int) expanded;
static inline void expand(expanded *w, const VEC(uint) raw[], int s) { *w = CAT(bytes_, W_FORMAT)(raw, s); }

// The partial sum holds two 16-bit sums a lane.
static inline partial dot(partial acc, const uint a[], expanded w, int s) {
    return as_int8(as_short16(acc) + as_short16(dot_pairs((VEC(uint))(a[0]), w)));
}
static inline VEC(int) whole(partial part) { return dot_halves(part, (int8)(0x00010001)); }
#elif defined(HAS_DOT_BYTES)
typedef VEC(int) expanded;
static inline void expand(expanded *w, const VEC(uint) raw[], int s) { *w = CAT(bytes_, W_FORMAT)(raw, s); }

static inline partial dot(partial acc, const uint a[], expanded w, int s) {
    return dot_bytes(acc, (VEC(uint))(a[0]), w);
}
static inline VEC(int) whole(partial part) { return part; }
#elif defined(HAS_DOT_HALVES)
typedef wide_bytes expanded;
static inline void expand(expanded *w, const VEC(uint) raw[], int s) {
    *w = widen_signed(CAT(bytes_, W_FORMAT)(raw, s));
}

static inline partial dot(partial acc, const uint a[], expanded w, int s) {
    return dot_wide(acc, widen_unsigned((VEC(uint))(a[0])), w);
}
static inline VEC(int) whole(partial part) { return part; }
#else
typedef VEC(int) expanded;
static inline void expand(expanded *w, const VEC(uint) raw[], int s) { *w = CAT(bytes_, W_FORMAT)(raw, s); }

static inline partial dot(partial acc, const uint a[], expanded w, int s) {
    acc += (int)(a[0] & 255) * ((w << 24) >> 24);
    acc += (int)((a[0] >> 8) & 255) * ((w << 16) >> 24);
    acc += (int)((a[0] >> 16) & 255) * ((w << 8) >> 24);
    return acc + (int)(a[0] >> 24) * (w >> 24);
}
static inline VEC(int) whole(partial part) { return part; }
#endif

static inline accumulator fold(accumulator sum, partial part, VEC(float) scale, uint power) {
#if FOLD
    return fma(CAT(convert_float, VW)(whole(part)), scale, sum);
#else
    return sum + whole(part);
#endif
}

// The value of a finished sum: real for a real output, in steps of the output for a quantised one.
static inline VEC(float) real_value(accumulator acc, bias_vector bias, VEC(float) scale) {
    return CAT(convert_float, VW)(acc + bias) * scale;
}

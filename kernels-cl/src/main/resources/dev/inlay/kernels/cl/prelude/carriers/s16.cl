// SPDX-License-Identifier: Apache-2.0
// Carrier s16: signed halves of activations by signed halves, to which narrower weights are expanded. Sums are 32-bit
// integers, or with SPILL the sum of every run is added into 64 bits.

#ifndef X_FORMAT
#define X_FORMAT s16 // storage of the activations
#endif
#ifndef W_FORMAT
#define W_FORMAT s16 // storage of the weights
#endif
#ifndef Y_FORMAT
#define Y_FORMAT s16 // storage of the output
#endif

typedef VEC(int) partial;
typedef VEC(int) expanded;
#define STEPS (RUN / 2)
#define STEP_WORD(s) (s)
#define STEP_WORDS 1
#define FOLDS 0
#if SPILL
#define FOLD_RUNS 1
typedef VEC(long) accumulator;
typedef long bias_element;
typedef VEC(long) bias_vector;
#else
#define FOLD_RUNS 0
typedef VEC(int) accumulator;
typedef int bias_element;
typedef VEC(int) bias_vector;
#endif

static inline accumulator no_sum(void) { return (accumulator)(0); }
static inline partial no_partial(void) { return (partial)(0); }

static inline void expand(expanded *w, const VEC(uint) raw[], int s) {
    *w = (CAT(level_, W_FORMAT)(raw, 2 * s) & 0xffff) | CAT(level_, W_FORMAT)(raw, 2 * s + 1) << 16;
}

static inline partial dot(partial acc, const uint a[], expanded w, int s) {
#ifdef HAS_DOT_HALVES
    return acc + dot_halves((VEC(int))((int)a[0]), w);
#else
    return acc + (int)(short)(a[0] & 0xffff) * ((w << 16) >> 16) + ((int)a[0] >> 16) * (w >> 16);
#endif
}

static inline accumulator fold(accumulator sum, partial part, VEC(float) scale, uint power) {
#if SPILL
    return sum + CAT(convert_long, VW)(part);
#else
    return sum + part;
#endif
}

static inline VEC(float) real_value(accumulator acc, bias_vector bias, VEC(float) scale) {
    return CAT(convert_float, VW)(acc + bias) * scale;
}

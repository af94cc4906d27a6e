// SPDX-License-Identifier: Apache-2.0
// Carrier bf: block floating point. Products of signed bytes are summed in integers over a block of BLOCK elements; the
// sum of a block times its two powers of two (x: in its run, w: in `blocks`) is added as a float.

#ifndef X_FORMAT
#define X_FORMAT bf // storage of the activations
#endif
#ifndef W_FORMAT
#define W_FORMAT s8 // storage of the weights
#endif
#ifndef Y_FORMAT
#define Y_FORMAT f32 // storage of the output
#endif

typedef VEC(int) partial;
typedef VEC(float) accumulator;
typedef float bias_element;
typedef VEC(float) bias_vector;
#define STEPS (BLOCK / 4)
#define STEP_WORD(s) (s)
#define STEP_WORDS 1
#define FOLDS 1
#define FOLD_RUNS 1

static inline accumulator no_sum(void) { return (accumulator)(0.0f); }
static inline partial no_partial(void) { return (partial)(0); }

#ifdef HAS_DOT_HALVES
typedef wide_bytes expanded;
static inline void expand(expanded *w, const VEC(uint) raw[], int s) {
    *w = widen_signed(CAT(bytes_, W_FORMAT)(raw, s));
}
static inline partial dot(partial acc, const uint a[], expanded w, int s) {
    return dot_wide(acc, widen_signed((VEC(int))((int)a[0])), w);
}
#else
typedef VEC(int) expanded;
static inline void expand(expanded *w, const VEC(uint) raw[], int s) { *w = CAT(bytes_, W_FORMAT)(raw, s); }

static inline partial dot(partial acc, const uint a[], expanded w, int s) {
    const int v = (int)a[0];
    acc += ((v << 24) >> 24) * ((w << 24) >> 24);
    acc += ((v << 16) >> 24) * ((w << 16) >> 24);
    acc += ((v << 8) >> 24) * ((w << 8) >> 24);
    return acc + (v >> 24) * (w >> 24);
}
#endif

static inline accumulator fold(accumulator sum, partial part, VEC(float) scale, uint power) {
    return fma(CAT(convert_float, VW)(part), scale * as_float(power), sum);
}

static inline VEC(float) real_value(accumulator acc, bias_vector bias, VEC(float) scale) {
    return (acc + bias) * scale;
}

// SPDX-License-Identifier: Apache-2.0
// Carrier f32: products and sums in single precision, one rounding a step, in the order of the contracted axis. Coded
// weights are expanded to the floats of their levels; their scale is applied in the epilogue.

#ifndef X_FORMAT
#define X_FORMAT f32 // storage of the activations
#endif
#ifndef W_FORMAT
#define W_FORMAT f32 // storage of the weights
#endif
#ifndef Y_FORMAT
#define Y_FORMAT f32 // storage of the output and of the residual
#endif

typedef VEC(float) accumulator;
typedef VEC(float) partial;
typedef VEC(float) expanded;
typedef float bias_element;
typedef VEC(float) bias_vector;
#define STEPS RUN
#define STEP_WORD(s) (s)
#define STEP_WORDS 1
#define FOLDS FOLD
#if FOLD
#define FOLD_RUNS (BLOCK / RUN)
#else
#define FOLD_RUNS 0
#endif

static inline accumulator no_sum(void) { return (accumulator)(0.0f); }
static inline partial no_partial(void) { return (partial)(0.0f); }

static inline void expand(expanded *w, const VEC(uint) raw[], int s) { *w = CAT(real_, W_FORMAT)(raw, s); }

static inline partial dot(partial acc, const uint a[], expanded w, int s) {
    return multiply_add((VEC(float))(as_float(a[0])), w, acc);
}

static inline accumulator fold(accumulator sum, partial part, VEC(float) scale, uint power) {
    return fma(part, scale, sum);
}

// The real value of a finished sum; a quantised output is counted in its own steps, M = weight scale / step.
static inline VEC(float) real_value(accumulator acc, bias_vector bias, VEC(float) scale) {
    VEC(float) v = acc + bias;
    return CAT(quantised_, W_FORMAT) || CAT(quantised_, Y_FORMAT) ? v * scale : v;
}

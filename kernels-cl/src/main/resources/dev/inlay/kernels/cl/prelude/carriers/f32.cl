// SPDX-License-Identifier: Apache-2.0
// Carrier f32: products and sums in single precision, one rounding a step, in the order of the contracted axis. Coded
// weights are expanded to the floats of their levels, those of a table four at a time to its numbers; their scale is
// applied in the epilogue.

#ifndef X_FORMAT
#define X_FORMAT f32 // storage of the activations
#endif
#ifndef W_FORMAT
#define W_FORMAT f32 // storage of the weights
#endif
#ifndef Y_FORMAT
#define Y_FORMAT f32 // storage of the output
#endif

typedef VEC(float) accumulator;
typedef VEC(float) partial;
typedef float bias_element;
typedef VEC(float) bias_vector;
#define FOLDS FOLD
#if FOLD
#define FOLD_RUNS (BLOCK / RUN)
#else
#define FOLD_RUNS 0
#endif

static inline accumulator no_sum(void) { return (accumulator)(0.0f); }
static inline partial no_partial(void) { return (partial)(0.0f); }

#if CAT(entries_, W_FORMAT)
typedef struct {
    VEC(float) four[4];
} expanded;
#define STEPS (RUN / 4)
#define STEP_WORD(s) (4 * (s))
#define STEP_WORDS 4

static inline void expand(expanded *w, const VEC(uint) raw[], int s, CAT(table_, W_FORMAT) table) {
    CAT(find_, W_FORMAT)(w->four, raw, s, table);
}

static inline partial dot(partial acc, const uint a[], expanded w, int s) {
    acc = multiply_add((VEC(float))(as_float(a[0])), w.four[0], acc);
    acc = multiply_add((VEC(float))(as_float(a[1])), w.four[1], acc);
    acc = multiply_add((VEC(float))(as_float(a[2])), w.four[2], acc);
    return multiply_add((VEC(float))(as_float(a[3])), w.four[3], acc);
}
#else
typedef VEC(float) expanded;
#define STEPS RUN
#define STEP_WORD(s) (s)
#define STEP_WORDS 1

static inline void expand(expanded *w, const VEC(uint) raw[], int s) { *w = CAT(real_, W_FORMAT)(raw, s); }

static inline partial dot(partial acc, const uint a[], expanded w, int s) {
    return multiply_add((VEC(float))(as_float(a[0])), w, acc);
}
#endif

static inline accumulator fold(accumulator sum, partial part, VEC(float) scale, uint power) {
    return fma(part, scale, sum);
}

// The real value of a finished sum; a quantised output is counted in its own steps, M = weight scale / step.
static inline VEC(float) real_value(accumulator acc, bias_vector bias, VEC(float) scale) {
    VEC(float) v = acc + bias;
    return CAT(quantised_, W_FORMAT) || CAT(quantised_, Y_FORMAT) ? v * scale : v;
}

// SPDX-License-Identifier: Apache-2.0
// Carrier f32: products and sums in single precision, one rounding a step.

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
typedef float bias_element;
typedef VEC(float) bias_vector;

// One word of one pixel by the same word of VW channels.
static inline accumulator dot(accumulator acc, float a, VEC(float) w) { return multiply_add((VEC(float))(a), w, acc); }

// The real value of a finished sum; a quantised output is counted in its own steps, M = 1 / step.
static inline VEC(float) real_value(accumulator acc, bias_vector bias, VEC(float) scale) {
    VEC(float) v = acc + bias;
    return CAT(quantised_, Y_FORMAT) ? v * scale : v;
}

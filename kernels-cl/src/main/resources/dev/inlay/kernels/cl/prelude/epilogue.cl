// SPDX-License-Identifier: Apache-2.0
// Epilogue: from a finished accumulator to the stored output: bias, scale, residual, activation, requantise.
//
// With a quantised output every value here is counted in steps of the output: the host divides scale, residual scale,
// lo and hi by the step of the output. The real-valued curves (sigmoid, tanh, hard swish) need a real output.

#ifndef ACTIVATION
#define ACTIVATION NONE // NONE RELU CLIP LEAKY_RELU SIGMOID TANH HARDSWISH
#endif
#ifndef RESIDUAL
#define RESIDUAL 0 // 1: a residual is added before the activation
#endif
#ifndef R_FORMAT
#define R_FORMAT f32 // storage of the residual: f32, u8, s16
#endif

// a: lower bound (CLIP) or slope below zero (LEAKY_RELU); b: upper bound (CLIP).
static inline VEC(float) activate_NONE(VEC(float) v, float a, float b) { return v; }
static inline VEC(float) activate_RELU(VEC(float) v, float a, float b) { return max(v, 0.0f); }
static inline VEC(float) activate_CLIP(VEC(float) v, float a, float b) { return min(max(v, a), b); }
static inline VEC(float) activate_LEAKY_RELU(VEC(float) v, float a, float b) { return select(v, v * a, v < 0.0f); }
static inline VEC(float) activate_SIGMOID(VEC(float) v, float a, float b) { return 1.0f / (1.0f + exp(-v)); }
static inline VEC(float) activate_TANH(VEC(float) v, float a, float b) { return tanh(v); }
static inline VEC(float) activate_HARDSWISH(VEC(float) v, float a, float b) {
    return v * (min(max(v + 3.0f, 0.0f), 6.0f) / 6.0f);
}
static inline VEC(float) activate(VEC(float) v, float a, float b) { return CAT(activate_, ACTIVATION)(v, a, b); }

typedef CAT(element_, Y_FORMAT) y_element;
typedef CAT(element_, R_FORMAT) r_element;

// The scalars of one launch.
typedef struct {
    code_range y;
    float r_zero, r_scale, act_a, act_b;
} epilogue_scalars;

// VW channels of a residual at p, `output` and after of its group, as real values; of the channels from the `valid`-th on
// 0. A residual's channels can be taken one by one.
static inline VEC(float) load_residual(__global const r_element *p, int output, int valid, float zero, float step) {
#if RESIDUAL
    if (valid >= VW) return CAT(load_lanes_, R_FORMAT)(p + output, zero, step);
    float lanes[VW];
    for (int i = 0; i < VW; i++) lanes[i] = i < valid ? CAT(load_lane_, R_FORMAT)(p + output + i, zero, step) : 0.0f;
    return LOAD_VEC(0, lanes);
#else
    return (VEC(float))(0.0f);
#endif
}

// Finishes VW channels of one pixel, `output` and after of its group, and stores the first `valid` of them; r and y
// point at the group's first channel.
static inline void finish(accumulator acc, bias_vector bias, VEC(float) scale, epilogue_scalars s,
                          __global const r_element *r, __global y_element *y, int output, int valid) {
    if (valid <= 0) return;
    VEC(float) v = real_value(acc, bias, scale);
    if (RESIDUAL) v += load_residual(r, output, valid, s.r_zero, s.r_scale);
    CAT(store_, Y_FORMAT)(activate(v, s.act_a, s.act_b), y, output, valid, s.y);
}

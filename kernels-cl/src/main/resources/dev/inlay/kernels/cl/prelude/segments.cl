// SPDX-License-Identifier: Apache-2.0
// The logistic curve and the hyperbolic tangent by 64 segments of straight lines, which need no exponential: between
// points 1/4 apart up to 8, beyond it constant. Off by at most 7.6e-4 (h^2 / 8 times the largest second derivative,
// 0.0963), the hyperbolic tangent by twice that.

// 1 / (1 + exp(-i / 4)), i = 0 .. 32.
__constant float sigmoid_at[33] = {
    0.5f, 0.562176526f, 0.622459352f, 0.679178715f, 0.731058598f, 0.777299881f,
    0.817574501f, 0.851952791f, 0.880797088f, 0.904650509f, 0.924141824f, 0.939913332f,
    0.952574134f, 0.962673128f, 0.970687747f, 0.977022648f, 0.982013762f, 0.985936344f,
    0.989013076f, 0.991422534f, 0.993307173f, 0.994779885f, 0.995929837f, 0.996827304f,
    0.997527361f, 0.99807328f, 0.998498797f, 0.998830497f, 0.999088943f, 0.999290347f,
    0.999447227f, 0.999569416f, 0.999664664f};

static inline VEC(float) activate_SIGMOID_SEGMENTS(VEC(float) v, float a, float b) {
    const VEC(float) at = fmin(fabs(v) * 4.0f, 32.0f);
    const VEC(int) below = min(CAT(convert_int, VW)(at), (VEC(int))(31));
    int places[VW];
    float low[VW], high[VW];
    STORE_VEC(below, 0, places);
#pragma unroll
    for (int lane = 0; lane < VW; lane++) {
        low[lane] = sigmoid_at[places[lane]];
        high[lane] = sigmoid_at[places[lane] + 1];
    }
    const VEC(float) from = LOAD_VEC(0, low);
    const VEC(float) size = from + (at - CAT(convert_float, VW)(below)) * (LOAD_VEC(0, high) - from);
    return select(1.0f - size, size, v >= 0.0f);
}
static inline VEC(float) activate_TANH_SEGMENTS(VEC(float) v, float a, float b) {
    return 2.0f * activate_SIGMOID_SEGMENTS(2.0f * v, a, b) - 1.0f;
}

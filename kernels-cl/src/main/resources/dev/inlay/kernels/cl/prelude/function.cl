// SPDX-License-Identifier: Apache-2.0
// Functions of one number, by the names of dev.inlay.graph.Function.Kind; a and b are its parameters.


static inline float function_IDENTITY(float v, float a, float b) { return v; }
static inline float function_RELU(float v, float a, float b) { return fmax(v, 0.0f); }
static inline float function_LEAKY_RELU(float v, float a, float b) { return v < 0.0f ? v * a : v; }
static inline float function_ELU(float v, float a, float b) { return v < 0.0f ? a * expm1(v) : v; }
static inline float function_SELU(float v, float a, float b) { return b * (v < 0.0f ? a * expm1(v) : v); }
static inline float function_CLIP(float v, float a, float b) { return fmin(fmax(v, a), b); }
static inline float function_SIGMOID(float v, float a, float b) { return 1.0f / (1.0f + exp(-v)); }
static inline float function_HARD_SIGMOID(float v, float a, float b) { return fmin(fmax(a * v + b, 0.0f), 1.0f); }
static inline float function_HARD_SWISH(float v, float a, float b) {
    return v * fmin(fmax(v / 6.0f + 0.5f, 0.0f), 1.0f);
}
static inline float function_TANH(float v, float a, float b) { return tanh(v); }
static inline float function_SOFTPLUS(float v, float a, float b) { return fmax(v, 0.0f) + log1p(exp(-fabs(v))); }
static inline float function_SOFTSIGN(float v, float a, float b) { return v / (1.0f + fabs(v)); }
static inline float function_EXP(float v, float a, float b) { return exp(v); }
static inline float function_LOG(float v, float a, float b) { return log(v); }
static inline float function_SQRT(float v, float a, float b) { return sqrt(v); }
static inline float function_RECIPROCAL(float v, float a, float b) { return 1.0f / v; }
static inline float function_ABS(float v, float a, float b) { return fabs(v); }
static inline float function_NEGATE(float v, float a, float b) { return -v; }
static inline float function_FLOOR(float v, float a, float b) { return floor(v); }
static inline float function_CEIL(float v, float a, float b) { return ceil(v); }
static inline float function_SIGN(float v, float a, float b) { return v > 0.0f ? 1.0f : v < 0.0f ? -1.0f : v; }
static inline float function_ERF(float v, float a, float b) { return erf(v); }

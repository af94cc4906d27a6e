// SPDX-License-Identifier: Apache-2.0
// y = x OPERATOR z over up to five axes, the innermost last; a broadcast axis has stride 0.
// Global size: (e4 rounded up, e3, e2 * e1 * e0). Offsets and strides count elements.

#ifndef Z_FORMAT
#define Z_FORMAT f32 // f32, u8, s16
#endif
#ifndef OPERATOR
#define OPERATOR ADD // ADD SUB MUL DIV POW MIN MAX PRELU
#endif

typedef CAT(held_, Z_FORMAT) z_element;

static inline float operator_ADD(float x, float z) { return x + z; }
static inline float operator_SUB(float x, float z) { return x - z; }
static inline float operator_MUL(float x, float z) { return x * z; }
static inline float operator_DIV(float x, float z) { return x / z; }
static inline float operator_POW(float x, float z) { return pow(x, z); }
static inline float operator_MIN(float x, float z) { return fmin(x, z); }
static inline float operator_MAX(float x, float z) { return fmax(x, z); }
static inline float operator_PRELU(float x, float z) { return x < 0.0f ? x * z : x; }

__kernel void lanewise_binary(__global const x_element *x, ulong x_offset, __global const z_element *z, ulong z_offset,
                              __global y_element *y, ulong y_offset, int e1, int e2, int e4,
                              int x0, int x1, int x2, int x3, int x4, int z0, int z1, int z2, int z3, int z4,
                              int y0, int y1, int y2, int y3, int y4, int x_zero, float x_step,
                              int z_zero, float z_step, int y_zero, float y_step, int y_low, int y_high) {
    const int i4 = get_global_id(0), i3 = get_global_id(1), outer = get_global_id(2);
    const int i2 = outer % e2, i1 = outer / e2 % e1, i0 = outer / e2 / e1;
    if (i4 >= e4) return;
    const float left =
        FROM_X(x[x_offset + (long)i0 * x0 + (long)i1 * x1 + (long)i2 * x2 + (long)i3 * x3 + (long)i4 * x4]);
    const float right = CAT(from_, Z_FORMAT)(
        z[z_offset + (long)i0 * z0 + (long)i1 * z1 + (long)i2 * z2 + (long)i3 * z3 + (long)i4 * z4], z_zero, z_step);
    y[y_offset + (long)i0 * y0 + (long)i1 * y1 + (long)i2 * y2 + (long)i3 * y3 + (long)i4 * y4] =
        TO_Y(CAT(operator_, OPERATOR)(left, right));
}

// SPDX-License-Identifier: Apache-2.0
// y = FUNCTION(x) over up to five axes, the innermost last. Global size: (e4 rounded up, e3, e2 * e1 * e0).
// Offsets and strides count elements. y_zero, y_step, y_low, y_high: how y is coded, if it is.

#ifndef FUNCTION
#define FUNCTION RELU // a name of prelude/function.cl
#endif

__kernel void lanewise_unary(__global const x_element *x, ulong x_offset, __global y_element *y, ulong y_offset,
                             int e1, int e2, int e4,
                             int x0, int x1, int x2, int x3, int x4,
                             int y0, int y1, int y2, int y3, int y4, float a, float b,
                             int x_zero, float x_step, int y_zero, float y_step, int y_low, int y_high) {
    const int i4 = get_global_id(0), i3 = get_global_id(1), outer = get_global_id(2);
    const int i2 = outer % e2, i1 = outer / e2 % e1, i0 = outer / e2 / e1;
    if (i4 >= e4) return;
    const float v =
        FROM_X(x[x_offset + (long)i0 * x0 + (long)i1 * x1 + (long)i2 * x2 + (long)i3 * x3 + (long)i4 * x4]);
    y[y_offset + (long)i0 * y0 + (long)i1 * y1 + (long)i2 * y2 + (long)i3 * y3 + (long)i4 * y4] =
        TO_Y(CAT(function_, FUNCTION)(v, a, b));
}

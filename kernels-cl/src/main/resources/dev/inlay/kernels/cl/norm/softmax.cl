// SPDX-License-Identifier: Apache-2.0
// Softmax along one axis of `extent` elements, one work-item a line, over up to four outer axes.
// Global size: (e3 rounded up, e2, e1 * e0). Strides count elements; xs and ys are those of the normalised axis.

#ifndef LOGARITHM
#define LOGARITHM 0 // 1: the logarithm of the softmax
#endif

__kernel void norm_softmax(__global const float *x, ulong x_offset, __global float *y, ulong y_offset,
                           int e1, int e3, int extent, int x0, int x1, int x2, int x3, int xs,
                           int y0, int y1, int y2, int y3, int ys) {
    const int i3 = get_global_id(0), i2 = get_global_id(1);
    const int i1 = get_global_id(2) % e1, i0 = get_global_id(2) / e1;
    if (i3 >= e3) return;
    __global const float *from = x + x_offset + (long)i0 * x0 + (long)i1 * x1 + (long)i2 * x2 + (long)i3 * x3;
    __global float *to = y + y_offset + (long)i0 * y0 + (long)i1 * y1 + (long)i2 * y2 + (long)i3 * y3;
    float largest = from[0];
    for (int i = 1; i < extent; i++) largest = fmax(largest, from[(long)i * xs]);
    float sum = 0.0f;
    for (int i = 0; i < extent; i++) {
        const float e = exp(from[(long)i * xs] - largest);
        sum += e;
#if !LOGARITHM
        to[(long)i * ys] = e;
#endif
    }
#if LOGARITHM
    const float shift = largest + log(sum);
    for (int i = 0; i < extent; i++) to[(long)i * ys] = from[(long)i * xs] - shift;
#else
    for (int i = 0; i < extent; i++) to[(long)i * ys] = to[(long)i * ys] / sum;
#endif
}

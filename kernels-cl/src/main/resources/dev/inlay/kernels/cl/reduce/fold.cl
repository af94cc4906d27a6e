// SPDX-License-Identifier: Apache-2.0
// Folds up to four axes, one work-item an output, over up to four outer axes. Global size: (e3 rounded up, e2,
// e1 * e0). f0..f3 are the extents folded away, s0..s3 their strides; strides count elements.

#ifndef FOLD
#define FOLD SUM // SUM MEAN MAX MIN PROD
#endif

// Sums and means of codes are exact in integers, everything else goes through real numbers.
static inline CAT(sum_, X_FORMAT) fold_SUM(CAT(sum_, X_FORMAT) acc, CAT(sum_, X_FORMAT) v) { return acc + v; }
static inline CAT(sum_, X_FORMAT) fold_MEAN(CAT(sum_, X_FORMAT) acc, CAT(sum_, X_FORMAT) v) { return acc + v; }
static inline float fold_MAX(float acc, float v) { return fmax(acc, v); }
static inline float fold_MIN(float acc, float v) { return fmin(acc, v); }
static inline float fold_PROD(float acc, float v) { return acc * v; }
#define SUMS_SUM 1
#define SUMS_MEAN 1
#define SUMS_MAX 0
#define SUMS_MIN 0
#define SUMS_PROD 0
#define START_SUM 0
#define START_MEAN 0
#define START_MAX -INFINITY
#define START_MIN INFINITY
#define START_PROD 1.0f
#define SCALE_SUM 1.0f
#define SCALE_MEAN (float)(f0 * f1 * f2 * f3)
#define SCALE_MAX 1.0f
#define SCALE_MIN 1.0f
#define SCALE_PROD 1.0f

__kernel void reduce_fold(__global const x_element *x, ulong x_offset, __global y_element *y, ulong y_offset,
                          int e1, int e3, int x0, int x1, int x2, int x3, int y0, int y1, int y2, int y3,
                          int f0, int f1, int f2, int f3, int s0, int s1, int s2, int s3,
                          int x_zero, float x_step, int y_zero, float y_step, int y_low, int y_high) {
    const int i3 = get_global_id(0), i2 = get_global_id(1);
    const int i1 = get_global_id(2) % e1, i0 = get_global_id(2) / e1;
    if (i3 >= e3) return;
    __global const x_element *from = x + x_offset + (long)i0 * x0 + (long)i1 * x1 + (long)i2 * x2 + (long)i3 * x3;
#if CAT(SUMS_, FOLD)
    CAT(sum_, X_FORMAT) acc = CAT(START_, FOLD);
#define TERM(code) CAT(term_, X_FORMAT)(code, x_zero)
#define WHOLE(acc) CAT(scaled_, X_FORMAT)(acc, x_step)
#else
    float acc = CAT(START_, FOLD);
#define TERM(code) FROM_X(code)
#define WHOLE(acc) acc
#endif
    for (int a = 0; a < f0; a++)
        for (int b = 0; b < f1; b++)
            for (int c = 0; c < f2; c++)
                for (int d = 0; d < f3; d++)
                    acc = CAT(fold_, FOLD)(
                        acc, TERM(from[(long)a * s0 + (long)b * s1 + (long)c * s2 + (long)d * s3]));
    y[y_offset + (long)i0 * y0 + (long)i1 * y1 + (long)i2 * y2 + (long)i3 * y3] =
        TO_Y(WHOLE(acc) / CAT(SCALE_, FOLD));
}

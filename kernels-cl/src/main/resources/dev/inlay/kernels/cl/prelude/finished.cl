// SPDX-License-Identifier: Apache-2.0
// The end of kernels whose outputs are floats one by one: a residual and a function of one number.

#ifndef RESIDUAL
#define RESIDUAL 0 // 1: a residual is added before the activation
#endif
#ifndef FUNCTION
#define FUNCTION IDENTITY // a name of prelude/function.cl
#endif

// What is stored of a sum whose residual is beside[at].
static inline float finished(float sum, __global const float *beside, long at, float a, float b) {
    if (RESIDUAL) sum += beside[at];
    return CAT(function_, FUNCTION)(sum, a, b);
}

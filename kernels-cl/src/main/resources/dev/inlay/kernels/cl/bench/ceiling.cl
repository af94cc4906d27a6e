// SPDX-License-Identifier: Apache-2.0
// The most a device can do with a carrier: MR * NV independent sums of dot products, the weights in registers, the
// activations from the first cache. Each step adds RUN / STEPS products a lane. Local size (1, 1, 1).
//   x  64 * MR * STEP_WORDS words, at least (NV + W_WORDS) * VW, the same for all work-items

#ifndef MR
#define MR 4 // pixels: activations that meet the same weights; MR * NV at least latency times operations a cycle
#endif
#ifndef NV
#define NV 2 // vectors: vectors of weights
#endif

#if FOLD_RUNS
#define FIRST(sum) no_partial()
#define LAST(sum, part) fold(sum, part, (VEC(float))(1.0f), 0x3f800000u)
#else
#define FIRST(sum) (sum)
#define LAST(sum, part) (part)
#endif

__kernel void bench_ceiling(__global const uint *x, ulong x_offset, __global float *y, ulong y_offset, int iterations) {
    expanded w[NV];
#pragma unroll
    for (int n = 0; n < NV; n++) {
        VEC(uint) raw[W_WORDS];
        for (int i = 0; i < W_WORDS; i++) raw[i] = LOAD_VEC(n + i, x + x_offset);
        expand(&w[n], raw, 0);
    }
    accumulator sum[MR][NV];
#pragma unroll
    for (int m = 0; m < MR; m++)
#pragma unroll
        for (int n = 0; n < NV; n++) sum[m][n] = no_sum();

    // The sums of as many steps as a partial sum holds.
    const int steps = FOLD_RUNS ? FOLD_RUNS * STEPS : 64;
    for (int i = 0; i < iterations; i += steps) {
        partial part[MR][NV];
#pragma unroll
        for (int m = 0; m < MR; m++)
#pragma unroll
            for (int n = 0; n < NV; n++) part[m][n] = FIRST(sum[m][n]);
        for (int k = 0; k < steps; k++) {
            __global const uint *at = x + x_offset + (k & 63) * (MR * STEP_WORDS);
#pragma unroll
            for (int m = 0; m < MR; m++) {
                uint a[STEP_WORDS];
#pragma unroll
                for (int word = 0; word < STEP_WORDS; word++) a[word] = at[m * STEP_WORDS + word];
#pragma unroll
                for (int n = 0; n < NV; n++) part[m][n] = dot(part[m][n], a, w[n], 0);
            }
        }
#pragma unroll
        for (int m = 0; m < MR; m++)
#pragma unroll
            for (int n = 0; n < NV; n++) sum[m][n] = LAST(sum[m][n], part[m][n]);
    }
    VEC(float) all = 0.0f;
#pragma unroll
    for (int m = 0; m < MR; m++)
#pragma unroll
        for (int n = 0; n < NV; n++) all += real_value(sum[m][n], (bias_vector)(0), (VEC(float))(1.0f));
    y[y_offset + get_global_id(0)] = all.s0 + all.s1;
}

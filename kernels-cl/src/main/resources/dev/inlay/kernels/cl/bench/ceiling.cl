// SPDX-License-Identifier: Apache-2.0
// The most multiply-adds a device can do: CHAINS independent chains of VW lanes a work-item, nothing read.
// 2 * VW * CHAINS * iterations operations a work-item. Local size (1, 1, 1).

#ifndef VW
#define VW 8 // lanes: f32 lanes of one vector register
#endif
#ifndef CHAINS
#define CHAINS 12 // chains: at least latency times multiply-adds a cycle
#endif

__kernel void bench_ceiling(__global float *y, ulong y_offset, int iterations, float factor) {
    VEC(float) chain[CHAINS];
#pragma unroll
    for (int i = 0; i < CHAINS; i++) chain[i] = (VEC(float))(i + get_global_id(0));
    for (int n = 0; n < iterations; n++) {
#pragma unroll
        for (int i = 0; i < CHAINS; i++) chain[i] = multiply_add(chain[i], (VEC(float))(factor), (VEC(float))(0.5f));
    }
    VEC(float) sum = 0.0f;
#pragma unroll
    for (int i = 0; i < CHAINS; i++) sum += chain[i];
    y[y_offset + get_global_id(0)] = sum.s0 + sum.s1;
}

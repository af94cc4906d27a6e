// SPDX-License-Identifier: Apache-2.0
// Device class gpu: the vector type every prelude builds on, and the dot products that a GPU may have in hardware.

#ifndef VW
#define VW 4 // lanes: neighbouring channels that one work-item keeps in one vector
#endif

#if defined(INLAY_HAS_INTEGER_DOT) && VW == 4
// cl_khr_integer_dot_product with packed input; needs -cl-std=CL3.0. Per lane: acc + the sum of four products, unsigned
// bytes of a by signed bytes of w; no saturation.
static inline int4 dot_bytes(int4 acc, uint4 a, int4 w) {
    const uint4 u = as_uint4(w);
    return acc + (int4)(dot_4x8packed_us_int(a.s0, u.s0), dot_4x8packed_us_int(a.s1, u.s1),
                        dot_4x8packed_us_int(a.s2, u.s2), dot_4x8packed_us_int(a.s3, u.s3));
}
#define HAS_DOT_BYTES 1
#endif

// SPDX-License-Identifier: Apache-2.0
// Storage u8: four elements fill one 32-bit word, the first in the low byte; the code of zero is the zero point.

#define run_u8 4
#define words_u8 1
#define units_u8 4
#define quantised_u8 1
typedef uchar element_u8;

// Bytes that may start anywhere: a plain vector type promises an alignment that a channel slice does not have.
typedef VEC(uchar) lanes_u8 __attribute__((aligned(1)));

// VW neighbouring channels as (code - zero) * step.
static inline VEC(float) load_lanes_u8(__global const uchar *p, float zero, float step) {
    return (CAT(convert_float, VW)(*(__global const lanes_u8 *)p) - zero) * step;
}
static inline float load_lane_u8(__global const uchar *p, float zero, float step) { return ((float)*p - zero) * step; }

static inline void store_lanes_u8(VEC(float) v, __global uchar *p, code_range s) {
    *(__global lanes_u8 *)p = CAT(convert_uchar, VW)(codes_of(v, s));
}
static inline void store_lane_u8(float v, __global uchar *p, code_range s) { *p = (uchar)code_of(v, s); }
STORE_LANES(u8)

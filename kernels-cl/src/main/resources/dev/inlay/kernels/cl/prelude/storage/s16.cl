// SPDX-License-Identifier: Apache-2.0
// Storage s16: two elements fill one 32-bit word, the first in the low half; the code of zero is 0. Weights are never
// -32768, so that the sum of two products fits 32 bits.

#define run_s16 2
#define words_s16 1
#define units_s16 2
#define bound_s16 32767
#define quantised_s16 1
typedef short element_s16;

typedef VEC(short) lanes_s16 __attribute__((aligned(2)));

static inline VEC(int) level_s16(const VEC(uint) raw[], int e) { return field(raw[e / 2], 16, 16 * (e % 2)); }

static inline VEC(float) load_lanes_s16(__global const short *p, float zero, float step) {
    return (CAT(convert_float, VW)(*(__global const lanes_s16 *)p) - zero) * step;
}
static inline float load_lane_s16(__global const short *p, float zero, float step) {
    return ((float)*p - zero) * step;
}

static inline void store_lanes_s16(VEC(float) v, __global short *p, code_range s) {
    *(__global lanes_s16 *)p = CAT(convert_short, VW)(codes_of(v, s));
}
static inline void store_lane_s16(float v, __global short *p, code_range s) { *p = (short)code_of(v, s); }
STORE_LANES(s16)

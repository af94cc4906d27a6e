// SPDX-License-Identifier: Apache-2.0
// Storage f32: one element fills one 32-bit word; the code of zero is 0.0f.

#define run_f32 1
#define words_f32 1
#define units_f32 1
#define quantised_f32 0
typedef float element_f32;
typedef float one_f32;
#define number_f32(p, i, table) ((p)[i])

static inline VEC(float) real_f32(const VEC(uint) raw[], int e) { return CAT(as_float, VW)(raw[e]); }

// VW neighbouring channels as real values; zero and step are not used by this format.
static inline VEC(float) load_lanes_f32(__global const float *p, float zero, float step) { return LOAD_VEC(0, p); }
static inline float load_lane_f32(__global const float *p, float zero, float step) { return *p; }

static inline void store_lanes_f32(VEC(float) v, __global float *p, code_range s) { STORE_VEC(v, 0, p); }
static inline void store_lane_f32(float v, __global float *p, code_range s) { *p = v; }
STORE_LANES(f32)

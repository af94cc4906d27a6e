// SPDX-License-Identifier: Apache-2.0
// Storage f32: one element fills one 32-bit word; the code of zero is 0.0f.

typedef float element_f32;
typedef float word_f32;       // one word of the contracted axis of one pixel
typedef VEC(float) words_f32; // the same word of VW channels
enum { elements_f32 = 1, quantised_f32 = 0 };

static inline word_f32 load_word_f32(__global const float *p) { return *p; }

static inline words_f32 load_panel_f32(__global const float *p) { return LOAD_VEC(0, p); }

// VW neighbouring channels as real values; zero and step are not used by this format.
static inline VEC(float) load_real_f32(__global const float *p, float zero, float step) { return LOAD_VEC(0, p); }

static inline float load_one_f32(__global const float *p, float zero, float step) { return *p; }

static inline void store_real_f32(VEC(float) v, __global float *p, float zero) { STORE_VEC(v, 0, p); }

static inline void store_one_f32(float v, __global float *p, float zero) { *p = v; }

// SPDX-License-Identifier: Apache-2.0
// Storage u8: four elements fill one 32-bit word, the first in the low byte; the code of zero is the zero point.

typedef uchar element_u8;
typedef uint word_u8;       // four elements of the contracted axis of one pixel
typedef VEC(uint) words_u8; // the same word of VW channels
enum { elements_u8 = 4, quantised_u8 = 1 };

// Bytes that may start anywhere: a plain vector type promises an alignment that a channel slice does not have.
typedef VEC(uchar) codes_u8 __attribute__((aligned(1)));

// p is a multiple of four bytes.
static inline word_u8 load_word_u8(__global const uchar *p) { return *(__global const uint *)p; }

// VW neighbouring channels as (code - zero) * step.
static inline VEC(float) load_real_u8(__global const uchar *p, float zero, float step) {
    return (CAT(convert_float, VW)(*(__global const codes_u8 *)p) - zero) * step;
}

static inline float load_one_u8(__global const uchar *p, float zero, float step) { return ((float)*p - zero) * step; }

// clamp(rte(v) + zero, 0, 255). The bounds are whole numbers, so clamping before rounding gives the same code and keeps
// the conversion in range.
static inline void store_real_u8(VEC(float) v, __global uchar *p, float zero) {
    VEC(int) q = CAT(CAT(convert_int, VW), _rte)(min(max(v, -zero), 255.0f - zero)) + (int)zero;
    *(__global codes_u8 *)p = CAT(convert_uchar, VW)(q);
}

static inline void store_one_u8(float v, __global uchar *p, float zero) {
    *p = (uchar)(convert_int_rte(min(max(v, -zero), 255.0f - zero)) + (int)zero);
}

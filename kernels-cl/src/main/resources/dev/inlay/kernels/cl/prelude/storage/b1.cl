// SPDX-License-Identifier: Apache-2.0
// Storage b1: thirty-two elements fill one 32-bit word, element e at bit e; a set bit is -1, a clear one +1. There is no
// code of zero: bits beyond the channels are clear.

#define run_b1 32
#define words_b1 1
#define units_b1 1
#define bound_b1 1
#define quantised_b1 1
typedef uint element_b1;
typedef uint one_b1;
static inline float number_b1(__global const uint *p, int i, __global const float *table) {
    return as_float(0x3f800000u | p[i / 32] >> (uint)(i % 32) << 31u);
}

static inline VEC(int) level_b1(const VEC(uint) raw[], int e) { return field(raw[e >> 5], 1, e & 31) | 1; }

static inline VEC(int) bytes_b1(const VEC(uint) raw[], int s) {
#ifdef HAS_LOOKUP_BYTES
    const int at = (s & 7) >> 1, bits = s & 1 ? (int)0x80402010u : 0x08040201;
    const uint8 from = (uint8)(0, 0x04040404u, 0x08080808u, 0x0c0c0c0cu, 0, 0x04040404u, 0x08080808u, 0x0c0c0c0cu) +
                       (at << 24 | at << 16 | at << 8 | at);
    return equal_bytes(lookup_bytes(as_int8(raw[s >> 3]), from) & bits, (int8)bits) | 0x01010101;
#else
    const VEC(uint) four = raw[s >> 3] >> (uint)((s & 7) << 2) & 15u;
    const VEC(uint) set = (four | four << 7u | four << 14u | four << 21u) & 0x01010101u;
    return CAT(as_int, VW)(((set << 8u) - set) | 0x01010101u);
#endif
}
static inline VEC(float) real_b1(const VEC(uint) raw[], int e) { return CAT(convert_float, VW)(level_b1(raw, e)); }

#if VW >= 8
// sign(v), sign(0) = +1.
static inline void store_b1(VEC(float) v, __global uint *p, int output, int valid, code_range s) {
    store_plane(bits_of(v < 0.0f), p + (output >> 5), output, valid);
}
#endif

// SPDX-License-Identifier: Apache-2.0
// What the storages share: fields of words, codes of a vector, stores.

#ifndef BLOCK
#define BLOCK 16 // elements of a block along the channels of a tap, a multiple of RUN; the mantissas of a bf run
#endif

// The signed field of `bits` bits at bit `at` of each word.
static inline VEC(int) field(VEC(uint) w, int bits, int at) {
    return CAT(as_int, VW)(w << (uint)(32 - bits - at)) >> (32 - bits);
}

// Narrow codes lie so that both whole words of bytes and single elements can be taken: element e at this bit.
#define FIELD_AT(bits, e) (8 * ((e) % 4) + (bits) * ((e) / 4))

// code_of for VW numbers.
static inline VEC(int) codes_of(VEC(float) v, code_range s) {
    if (Y_ODD) v = 2.0f * floor(0.5f * floor(v)) + 1.0f;
    return CAT(CAT(convert_int, VW), _rte)(min(max(v, s.low - s.zero), s.high - s.zero)) + (int)s.zero;
}

// Defines store_F, which stores the first `valid` (at least 1) lanes of v as channels `output` and after of the pixel
// at p, by store_lanes_F and store_lane_F.
#define STORE_LANES(F)                                                                                                \
    static inline void store_##F(VEC(float) v, __global element_##F *p, int output, int valid, code_range s) {         \
        if (valid >= VW) {                                                                                             \
            store_lanes_##F(v, p + output, s);                                                                         \
        } else {                                                                                                       \
            float lanes[VW];                                                                                           \
            STORE_VEC(v, 0, lanes);                                                                                    \
            for (int i = 0; i < valid; i++) store_lane_##F(lanes[i], p + output + i, s);                               \
        }                                                                                                              \
    }

#if VW >= 8
#if VW == 16
#define LANE_BITS (int16)(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768)
#else
#define LANE_BITS (int8)(1, 2, 4, 8, 16, 32, 64, 128)
#endif
// Bit i is set where lane i of `where` is -1; the lanes of it are 0 or -1.
static inline uint bits_of(VEC(int) where) {
    const VEC(int) one = where & LANE_BITS;
#if VW == 16
    const int8 eight = one.lo | one.hi;
#else
    const int8 eight = one;
#endif
    const int4 four = eight.lo | eight.hi;
    const int2 two = four.lo | four.hi;
    return (uint)(two.lo | two.hi);
}

// Stores the first `valid` bits as channels `output` (a multiple of VW) and after of the plane at p. Whole bytes are
// written, and the lanes that hold the last channel also clear what is left of its word.
static inline void store_plane(uint bits, __global uint *p, int output, int valid) {
    __global uchar *bytes = (__global uchar *)p;
    if (valid < VW) bits &= (1u << valid) - 1u;
    const int at = (output & 31) >> 3;
    bytes[at] = (uchar)bits;
#if VW == 16
    bytes[at + 1] = (uchar)(bits >> 8);
#endif
    if (valid <= VW)
        for (int i = at + (VW >> 3); i < 4; i++) bytes[i] = 0;
}
#endif

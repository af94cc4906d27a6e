// SPDX-License-Identifier: Apache-2.0
// Storage l8: four logarithmic codes fill one 32-bit word, the first in the low byte. Bit 7 is the sign; the rest is 0
// for zero and i + 1 for 2^i (2^(i / 2) with ROOT 2), i = 0 .. 126. The code of zero is 0.

#define run_l8 4
#define words_l8 1
#define units_l8 4
#define quantised_l8 1
typedef uchar element_l8;

typedef VEC(uchar) lanes_l8 __attribute__((aligned(1)));

static inline VEC(int) index_l8(const VEC(uint) raw[], int e) {
    return CAT(as_int, VW)(raw[e >> 2] >> (uint)((e & 3) << 3) & 127u);
}
static inline VEC(int) sign_l8(const VEC(uint) raw[], int e) { return field(raw[e >> 2], 1, ((e & 3) << 3) + 7); }

// With ROOT 1 only: 2^i.
static inline VEC(float) real_l8(const VEC(uint) raw[], int e) {
    const VEC(int) index = index_l8(raw, e);
    return CAT(as_float, VW)(((index + 126) << 23 & (index != 0)) | (sign_l8(raw, e) & (int)0x80000000u));
}

// The nearest power. What rounds to less than 2^0 is zero; the index is at most s.high.
static inline VEC(int) codes_of_l8(VEC(float) v, code_range s) {
    const VEC(int) bits = CAT(as_int, VW)(v), nearest = NEAREST_POWER(bits & 0x7fffffff);
    // Oclgrind takes a scalar bound of integers for the first lane only.
    const VEC(int) index = clamp(nearest + 1, (VEC(int))(0), (VEC(int))((int)s.high));
    return (index | (bits >> 24 & 128)) & (index != 0);
}
static inline void store_l8(VEC(float) v, __global uchar *p, int output, int valid, code_range s) {
    const VEC(uchar) codes = CAT(convert_uchar, VW)(codes_of_l8(v, s));
    if (valid >= VW) {
        *(__global lanes_l8 *)(p + output) = codes;
    } else {
        uchar lanes[VW];
        STORE_VEC(codes, 0, lanes);
        for (int i = 0; i < valid; i++) p[output + i] = lanes[i];
    }
}

// SPDX-License-Identifier: Apache-2.0
// Storage l4: eight logarithmic codes fill one 32-bit word; the low nibbles of its bytes are elements 0 to 3, the high
// ones 4 to 7. Bit 3 is the sign; the rest is 0 for zero and i + 1 for 2^i, i = 0 .. 6. The code of zero is 0.

#define run_l4 8
#define words_l4 1
#define units_l4 1
#define bound_l4 64
#define quantised_l4 1
typedef uint element_l4;

// 0 for zero, else one more than the exponent.
static inline VEC(int) index_l4(const VEC(uint) raw[], int e) {
    return CAT(as_int, VW)(raw[e >> 3] >> (uint)(((e & 3) << 3) + (e & 4)) & 7u);
}
// -1 for a negative number, else 0.
static inline VEC(int) sign_l4(const VEC(uint) raw[], int e) {
    return field(raw[e >> 3], 1, ((e & 3) << 3) + (e & 4) + 3);
}

static inline VEC(int) bytes_l4(const VEC(uint) raw[], int s) {
    const VEC(uint) code = raw[s >> 1] >> (uint)((s & 1) << 2) & 0x0f0f0f0fu;
#ifdef HAS_LOOKUP_BYTES
    return lookup_bytes((int8)(0x04020100, 0x40201008, (int)0xfcfeff00u, (int)0xc0e0f0f8u,
                               0x04020100, 0x40201008, (int)0xfcfeff00u, (int)0xc0e0f0f8u), code);
#else
    VEC(uint) word = 0;
    for (int i = 0; i < 4; i++) {
        const VEC(uint) one = code >> (uint)(i << 3) & 15u, index = one & 7u;
        const VEC(uint) level = ((VEC(uint))(1) << index) >> 1u;
        const VEC(uint) negative = (VEC(uint))(0) - (one >> 3u);
        word |= (((level ^ negative) - negative) & 255u) << (uint)(i << 3);
    }
    return CAT(as_int, VW)(word);
#endif
}

static inline VEC(float) real_l4(const VEC(uint) raw[], int e) {
    const VEC(int) index = index_l4(raw, e);
    return CAT(as_float, VW)(((index + 126) << 23 & (index != 0)) | (sign_l4(raw, e) & (int)0x80000000u));
}

// SPDX-License-Identifier: Apache-2.0
// Storage s4: eight elements, -8 .. 7, fill one 32-bit word; the low nibbles of its bytes are elements 0 to 3, the high
// ones 4 to 7. The code of zero is 0.

#define run_s4 8
#define words_s4 1
#define units_s4 1
#define bound_s4 8
#define quantised_s4 1
typedef uint element_s4;
typedef uint one_s4;
static inline float number_s4(__global const uint *p, int i, __global const float *table) {
    return (float)((int)(p[i / 8] << (uint)(28 - FIELD_AT(4, i % 8))) >> 28);
}

static inline VEC(int) level_s4(const VEC(uint) raw[], int e) { return field(raw[e / 8], 4, FIELD_AT(4, e % 8)); }

static inline VEC(int) bytes_s4(const VEC(uint) raw[], int s) {
    const VEC(uint) low = raw[s / 2] >> (uint)(4 * (s % 2)) & 0x0f0f0f0fu;
#ifdef HAS_LOOKUP_BYTES
    return lookup_bytes((int8)(0x03020100, 0x07060504, (int)0xfbfaf9f8u, (int)0xfffefdfcu,
                               0x03020100, 0x07060504, (int)0xfbfaf9f8u, (int)0xfffefdfcu), low);
#else
    const VEC(uint) sign = low & 0x08080808u;
    return CAT(as_int, VW)(low | ((sign << 5u) - (sign << 1u)));
#endif
}
static inline VEC(float) real_s4(const VEC(uint) raw[], int e) { return CAT(convert_float, VW)(level_s4(raw, e)); }

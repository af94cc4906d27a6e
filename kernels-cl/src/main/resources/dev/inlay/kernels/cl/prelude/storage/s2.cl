// SPDX-License-Identifier: Apache-2.0
// Storage s2: sixteen elements, -2 .. 1 (ternary weights use -1 .. 1), fill one 32-bit word; bits 2 j and 2 j + 1 of its
// bytes are elements 4 j to 4 j + 3. The code of zero is 0.

#define run_s2 16
#define words_s2 1
#define units_s2 1
#define bound_s2 2
#define quantised_s2 1
typedef uint element_s2;

static inline VEC(int) level_s2(const VEC(uint) raw[], int e) { return field(raw[e / 16], 2, FIELD_AT(2, e % 16)); }

static inline VEC(int) bytes_s2(const VEC(uint) raw[], int s) {
    const VEC(uint) low = raw[s / 4] >> (uint)(2 * (s % 4)) & 0x03030303u;
#ifdef HAS_LOOKUP_BYTES
    return lookup_bytes((int8)((int)0xfffe0100u, 0, 0, 0, (int)0xfffe0100u, 0, 0, 0), low);
#else
    const VEC(uint) sign = low & 0x02020202u;
    return CAT(as_int, VW)(low | ((sign << 7u) - (sign << 1u)));
#endif
}
static inline VEC(float) real_s2(const VEC(uint) raw[], int e) { return CAT(convert_float, VW)(level_s2(raw, e)); }

// SPDX-License-Identifier: Apache-2.0
// Storage bf: BLOCK signed mantissas of a byte, the first in the low byte of the first word, then one word that holds
// their power of two as a float. The code of zero is mantissa 0.

#define run_bf BLOCK
#define words_bf (BLOCK / 4 + 1)
#define units_bf (BLOCK / 4 + 1)
#define quantised_bf 1
typedef uint element_bf;

// One run from BLOCK numbers. The exponent is that with which the largest magnitude m fits, 2^(bits - 2) <= m / 2^exponent <
// 2^(bits - 1), and at least -126; mantissas are rounded halves to even and cut to 2^(bits - 1) - 1. NaN is mantissa 0.
// All in integers: numbers below 2^-126 count on devices that take them for zero, too.
static inline void store_run_bf(const float v[], __global uint *p, int bits) {
    int largest = 0;
    for (int i = 0; i < BLOCK; i++) largest = max(largest, as_int(v[i]) & 0x7fffffff);
    const int exponent = max((largest >> 23) - (bits - 2), 1), most = (1 << (bits - 1)) - 1;
    for (int word = 0; word < BLOCK / 4; word++) {
        uint bytes = 0;
        for (int i = 0; i < 4; i++) {
            const int code = as_int(v[4 * word + i]), size = code & 0x7fffffff, own = size >> 23;
            const int digits = (size & 0x7fffff) | (own == 0 ? 0 : 0x800000);
            const int shift = min(exponent + 23 - max(own, 1), 25); // 25: what is less than a half
            const int rounded = (digits + (1 << (shift - 1)) - 1 + (digits >> shift & 1)) >> shift;
            const int mantissa = size > 0x7f800000 ? 0 : size == 0x7f800000 ? most : min(rounded, most);
            bytes |= ((uint)(code < 0 ? -mantissa : mantissa) & 255u) << (uint)(8 * i);
        }
        p[word] = bytes;
    }
    p[BLOCK / 4] = (uint)exponent << 23;
}

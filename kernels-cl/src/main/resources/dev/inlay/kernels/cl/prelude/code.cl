// SPDX-License-Identifier: Apache-2.0
// The integer code of a number that is counted in steps.

#ifndef Y_ODD
#define Y_ODD 0 // 1: the levels of what is stored are the odd numbers
#endif
#ifndef ROOT
#define ROOT 1 // 2: the exponents of logarithmic codes count halves
#endif

// The code of zero, and the least and the most code that may be stored: whole numbers.
typedef struct {
    float zero, low, high;
} code_range;

// The odd number whose two neighbouring steps v lies between.
static inline float odd_near(float v) { return 2.0f * floor(0.5f * floor(v)) + 1.0f; }

// clamp(rte(v) + zero, low, high), of odd levels odd_near. The bounds are whole numbers, so clamping before rounding gives the same code and
// keeps the conversion in range.
static inline int code_of(float v, code_range s) {
    if (Y_ODD) v = odd_near(v);
    return convert_int_rte(fmin(fmax(v, s.low - s.zero), s.high - s.zero)) + (int)s.zero;
}

// The exponent of the power nearest to a magnitude, from its bits, of one number or of many: the exponent, one more if the
// mantissa is at least the square root of two rounded to a float; with ROOT 2 twice the exponent, one more from the fourth
// root on and another from its cube. What is added lets such a mantissa carry into the exponent.
#if ROOT == 2
#define NEAREST_POWER(size)                                                                                            \
    ((((size) + (0x800000 - 0x1837f0)) >> 23) + (((size) + (0x800000 - 0x5744fd)) >> 23) - 254)
#else
#define NEAREST_POWER(size) ((((size) + (0x800000 - 0x3504f3)) >> 23) - 127)
#endif

// The logarithmic code of a number, as codes_of_l8 gives it for VW of them.
static inline int code_of_l8(float v, code_range s) {
    const int bits = as_int(v), index = clamp(NEAREST_POWER(bits & 0x7fffffff) + 1, 0, (int)s.high);
    return index == 0 ? 0 : index | (bits >> 24 & 128);
}

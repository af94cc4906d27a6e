// SPDX-License-Identifier: Apache-2.0
// The integer code of a number that is counted in steps.

// The code of zero, and the least and the most code that may be stored: whole numbers.
typedef struct {
    float zero, low, high;
} code_range;

// clamp(rte(v) + zero, low, high). The bounds are whole numbers, so clamping before rounding gives the same code and
// keeps the conversion in range.
static inline int code_of(float v, code_range s) {
    return convert_int_rte(fmin(fmax(v, s.low - s.zero), s.high - s.zero)) + (int)s.zero;
}

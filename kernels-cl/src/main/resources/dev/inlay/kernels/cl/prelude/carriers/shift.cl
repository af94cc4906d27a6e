// SPDX-License-Identifier: Apache-2.0
// Carrier shift: logarithmic weights. Integer activations are shifted by the exponent and added or subtracted; of
// logarithmic ones the exponents are added and the bit there is. Exact in 32-bit integers, with SPILL in 64-bit ones:
// the weights must leave every shifted number and every sum in that width.
// With ROOT 2 exponents count halves: what has an odd one is summed apart and counts sqrt(2) times as much.

#ifndef X_FORMAT
#define X_FORMAT u8 // storage of the activations
#endif
#ifndef W_FORMAT
#define W_FORMAT l4 // storage of the weights
#endif
#ifndef Y_FORMAT
#define Y_FORMAT u8 // storage of the output
#endif

#if SPILL
#define SUM VEC(long)
#define TO_SUM CAT(convert_long, VW)
typedef long bias_element;
#else
#define SUM VEC(int)
#define TO_SUM CAT(convert_int, VW)
typedef int bias_element;
#endif
typedef SUM bias_vector;
#define STEPS RUN
#define STEP_WORDS 1
#define STEP_WORD(s) ((s) >> CAT(shift_word_, X_FORMAT))
#define FOLDS 0
#define FOLD_RUNS 0
#define shift_word_u8 2
#define shift_word_s16 1
#define shift_word_l8 2

#if ROOT == 2
typedef struct {
    SUM even, odd;
} accumulator;
static inline accumulator no_sum(void) {
    const accumulator none = {(SUM)(0), (SUM)(0)};
    return none;
}
#else
typedef SUM accumulator;
static inline accumulator no_sum(void) { return (SUM)(0); }
#endif
typedef accumulator partial;

typedef struct {
    VEC(int) exponent, some, sign; // some: -1 if not zero, sign: -1 if negative
} expanded;

static inline void expand(expanded *w, const VEC(uint) raw[], int s) {
    const VEC(int) index = CAT(index_, W_FORMAT)(raw, s);
    w->exponent = index - 1;
    w->some = index != 0;
    w->sign = CAT(sign_, W_FORMAT)(raw, s);
}

// +-(v << exponent) for VW weights, in the sum where it belongs.
static inline partial add(partial acc, SUM v, VEC(int) exponent, VEC(int) some, VEC(int) sign) {
#if ROOT == 2
    const SUM up = TO_SUM((exponent >> 1) & some), to_odd = TO_SUM(-(exponent & 1));
#else
    const SUM up = TO_SUM(exponent & some);
#endif
    const SUM negative = TO_SUM(sign);
    const SUM term = (((v << up) & TO_SUM(some)) ^ negative) - negative;
#if ROOT == 2
    acc.even += term & ~to_odd;
    acc.odd += term & to_odd;
    return acc;
#else
    return acc + term;
#endif
}

static inline partial dot_u8(partial acc, uint a, expanded w, int s) {
    return add(acc, (SUM)((int)(a >> ((s & 3) << 3) & 255)), w.exponent, w.some, w.sign);
}
static inline partial dot_s16(partial acc, uint a, expanded w, int s) {
    return add(acc, (SUM)((int)(a << ((~s & 1) << 4)) >> 16), w.exponent, w.some, w.sign);
}
static inline partial dot_l8(partial acc, uint a, expanded w, int s) {
    const int code = a >> ((s & 3) << 3) & 255, index = code & 127;
    return add(acc, (SUM)(1), w.exponent + (index - 1), index == 0 ? (VEC(int))(0) : w.some, w.sign ^ -(code >> 7));
}
static inline partial dot(partial acc, const uint a[], expanded w, int s) {
    return CAT(dot_, X_FORMAT)(acc, a[0], w, s);
}

static inline VEC(float) real_value(accumulator acc, bias_vector bias, VEC(float) scale) {
#if ROOT == 2
    const VEC(float) root = 1.41421356f;
    return fma(CAT(convert_float, VW)(acc.odd), root, CAT(convert_float, VW)(acc.even + bias)) * scale;
#else
    return CAT(convert_float, VW)(acc + bias) * scale;
#endif
}

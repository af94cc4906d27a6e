// SPDX-License-Identifier: Apache-2.0
// Carrier planes: thirty-two elements a word, by logic and counts of bits; exact in 32-bit integers.
//   b1 by b1   a sum is K - 2 count(x ^ w). The accumulator holds the count, the bias K, the true length of the axis.
//   t2 by t2   Z = xz & wz are the products that are not zero, D = Z & (xn ^ wn) the negative ones: count(Z) - 2 count(D)
//   pk by qj   sum of 2^(m + n) count(x_m & w_n), negative for the top plane n of the weights
// Without an instruction that counts, partial sums are held in bytes (b1, t2) or halves (pk by qj) of a 32-bit number,
// signed ones as what the number is when each byte or half is added at its place.

#ifndef X_FORMAT
#define X_FORMAT b1 // storage of the activations
#endif
#ifndef W_FORMAT
#define W_FORMAT b1 // storage of the weights
#endif
#ifndef Y_FORMAT
#define Y_FORMAT f32 // storage of the output
#endif

typedef VEC(uint) partial;
typedef VEC(int) accumulator;
typedef int bias_element;
typedef VEC(int) bias_vector;
typedef struct {
    VEC(uint) plane[W_WORDS];
} expanded;
#define STEPS 1
#define STEP_WORD(s) 0
#define STEP_WORDS X_WORDS
#define FOLDS 0

#define binary_b1 1
#define binary_t2 2
#define binary_p2 0
#define binary_p3 0
#define binary_p4 0
#ifdef HAS_COUNT_BITS
#define FOLD_RUNS 0
#elif CAT(binary_, X_FORMAT) == 1
#define FOLD_RUNS 31
#elif CAT(binary_, X_FORMAT) == 2
#define FOLD_RUNS 15
#else
#define FOLD_RUNS 16
#endif

static inline accumulator no_sum(void) { return (accumulator)(0); }
static inline partial no_partial(void) { return (partial)(0); }

static inline void expand(expanded *w, const VEC(uint) raw[], int s) {
    for (int i = 0; i < W_WORDS; i++) w->plane[i] = raw[i];
}

// How many bits are set in each byte, or in each lane where an instruction counts them.
static inline VEC(uint) count(VEC(uint) v) {
#ifdef HAS_COUNT_BITS
    return count_bits(v);
#elif defined(HAS_LOOKUP_BYTES)
    const int8 counts = (int8)(0x02010100, 0x03020201, 0x03020201, 0x04030302,
                               0x02010100, 0x03020201, 0x03020201, 0x04030302);
    return as_uint8(lookup_bytes(counts, v & 0x0f0f0f0fu)) + as_uint8(lookup_bytes(counts, v >> 4u & 0x0f0f0f0fu));
#else
    v -= v >> 1u & 0x55555555u;
    v = (v & 0x33333333u) + (v >> 2u & 0x33333333u);
    return (v + (v >> 4u)) & 0x0f0f0f0fu;
#endif
}

#if CAT(binary_, X_FORMAT) == 1
static inline partial dot(partial acc, const uint a[], expanded w, int s) { return acc + count(w.plane[0] ^ a[0]); }
#elif CAT(binary_, X_FORMAT) == 2
static inline partial dot(partial acc, const uint a[], expanded w, int s) {
    const VEC(uint) some = w.plane[0] & a[0], negative = (w.plane[1] ^ a[1]) & some;
    return acc + count(some) - (count(negative) << 1u);
}
#else
// Bytes to halves.
static inline VEC(uint) halves(VEC(uint) bytes) {
#ifdef HAS_COUNT_BITS
    return bytes;
#else
    return (bytes & 0x00ff00ffu) + (bytes >> 8u & 0x00ff00ffu);
#endif
}
static inline partial dot(partial acc, const uint a[], expanded w, int s) {
    for (int n = 0; n < W_WORDS; n++) {
        VEC(uint) bytes = 0;
        for (int m = 0; m < X_WORDS; m++) bytes += count(w.plane[n] & a[m]) << (uint)m;
        const VEC(uint) term = halves(bytes) << (uint)n;
        acc = n == W_WORDS - 1 ? acc - term : acc + term;
    }
    return acc;
}
#endif

static inline accumulator fold(accumulator sum, partial part, VEC(float) scale, uint power) {
#ifdef HAS_COUNT_BITS
    return sum;
#elif CAT(binary_, X_FORMAT) == 0
    const VEC(uint) shifted = part + 0x80008000u;
    return sum + CAT(as_int, VW)((shifted & 0xffffu) + (shifted >> 16u)) - 0x10000;
#else
    const VEC(uint) shifted = CAT(binary_, X_FORMAT) == 2 ? part + 0x80808080u : part;
    const VEC(uint) pairs = (shifted & 0x00ff00ffu) + (shifted >> 8u & 0x00ff00ffu);
    const VEC(int) all = CAT(as_int, VW)((pairs & 0xffffu) + (pairs >> 16u));
    return sum + (CAT(binary_, X_FORMAT) == 2 ? all - 512 : all);
#endif
}

static inline VEC(float) real_value(accumulator acc, bias_vector bias, VEC(float) scale) {
    return CAT(convert_float, VW)(CAT(binary_, X_FORMAT) == 1 ? bias - (acc << 1) : acc + bias) * scale;
}

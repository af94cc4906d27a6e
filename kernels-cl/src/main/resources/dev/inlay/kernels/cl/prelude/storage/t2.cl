// SPDX-License-Identifier: Apache-2.0
// Storage t2: thirty-two elements, -1, 0 or 1, fill two 32-bit words, element e at bit e of both: the first word says
// which are not zero, the second which are negative. The code of zero is 0 in both.

#define run_t2 32
#define words_t2 2
#define units_t2 2
#define bound_t2 1
#define quantised_t2 1
typedef uint element_t2;

#if VW >= 8
// The nearest of -1, 0 and 1, halves to even.
static inline void store_t2(VEC(float) v, __global uint *p, int output, int valid, code_range s) {
    const code_range range = {0.0f, max(s.low, -1.0f), min(s.high, 1.0f)};
    const VEC(int) code = codes_of(v, range);
    __global uint *words = p + (output >> 5 << 1);
    store_plane(bits_of(code != 0), words, output, valid);
    store_plane(bits_of(code < 0), words + 1, output, valid);
}
#endif

// SPDX-License-Identifier: Apache-2.0
// Storages p2, p3, p4 (unsigned activations of k bits) and q2, q3, q4 (two's complement weights of k bits): thirty-two
// elements fill k 32-bit words, bit m of element e at bit e of word m. The code of zero is 0.

#define run_p2 32
#define words_p2 2
#define units_p2 2
#define quantised_p2 1
#define run_p3 32
#define words_p3 3
#define units_p3 3
#define quantised_p3 1
#define run_p4 32
#define words_p4 4
#define units_p4 4
#define quantised_p4 1
#define run_q2 32
#define words_q2 2
#define units_q2 2
#define quantised_q2 1
#define run_q3 32
#define words_q3 3
#define units_q3 3
#define quantised_q3 1
#define run_q4 32
#define words_q4 4
#define units_q4 4
#define quantised_q4 1
typedef uint element_p2;
typedef uint element_p3;
typedef uint element_p4;
typedef uint element_q2;
typedef uint element_q3;
typedef uint element_q4;

#if VW >= 8
static inline void store_planes(VEC(float) v, __global uint *p, int output, int valid, code_range s, int planes) {
    const code_range range = {s.zero, max(s.low, 0.0f), min(s.high, (float)((1 << planes) - 1))};
    const VEC(int) code = codes_of(v, range);
    __global uint *words = p + (output >> 5) * planes;
    for (int m = 0; m < planes; m++) store_plane(bits_of(-(code >> m & 1)), words + m, output, valid);
}
static inline void store_p2(VEC(float) v, __global uint *p, int output, int valid, code_range s) {
    store_planes(v, p, output, valid, s, 2);
}
static inline void store_p3(VEC(float) v, __global uint *p, int output, int valid, code_range s) {
    store_planes(v, p, output, valid, s, 3);
}
static inline void store_p4(VEC(float) v, __global uint *p, int output, int valid, code_range s) {
    store_planes(v, p, output, valid, s, 4);
}
#endif

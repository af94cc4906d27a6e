// SPDX-License-Identifier: Apache-2.0
// Device class cpu: the vector type every prelude builds on, and what an x86 core does better than portable OpenCL C.
//
// A fast form stands behind a guard that the host sets to 1 only for a CPU-type device whose processor has the flag and
// whose result was compared with the portable form: a compiler that does not know the mnemonic may drop it in silence.

#ifndef VW
#define VW 8 // lanes: 32-bit lanes of one vector register (8 = AVX2, 16 = AVX-512)
#endif
#ifndef INLAY_HAS_AVX2
#define INLAY_HAS_AVX2 0 // 1: the processor has AVX2; taken with VW = 8
#endif
#ifndef INLAY_HAS_AVX512_VNNI
#define INLAY_HAS_AVX512_VNNI 0 // 1: the processor has AVX-512 VNNI; taken with VW = 16
#endif
#ifndef INLAY_HAS_AVX512_VPOPCNTDQ
#define INLAY_HAS_AVX512_VPOPCNTDQ 0 // 1: the processor has AVX-512 VPOPCNTDQ; taken with VW = 16
#endif

#if INLAY_HAS_AVX512_VNNI && VW == 16
// Per lane: acc + the sum of four products, unsigned bytes of a by signed bytes of w; no saturation.
static inline int16 dot_bytes(int16 acc, uint16 a, int16 w) {
    __asm__("vpdpbusd %2, %1, %0" : "+v"(acc) : "v"(a), "v"(w));
    return acc;
}
#define HAS_DOT_BYTES 1
#endif

#if INLAY_HAS_AVX512_VPOPCNTDQ && VW == 16
// Per lane: how many bits are set.
static inline uint16 count_bits(uint16 v) {
    uint16 count;
    __asm__("vpopcntd %1, %0" : "=v"(count) : "v"(v));
    return count;
}
#define HAS_COUNT_BITS 1
#endif

#if INLAY_HAS_AVX2 && VW == 8
// Per lane: the sum of two products of signed 16-bit halves.
static inline int8 dot_halves(int8 a, int8 w) {
    int8 sum;
    __asm__("vpmaddwd %2, %1, %0" : "=x"(sum) : "x"(a), "x"(w));
    return sum;
}
#define HAS_DOT_HALVES 1

// Bytes widened to 16 bits: 0 and 2 of each lane, then 1 and 3. A product of two fits a half, a sum of two such a lane.
typedef struct {
    int8 even, odd;
} wide_bytes;
static inline wide_bytes widen_signed(int8 bytes) {
    const wide_bytes wide = {as_int8(as_short16(bytes << 8) >> (short)8), as_int8(as_short16(bytes) >> (short)8)};
    return wide;
}
static inline wide_bytes widen_unsigned(uint8 bytes) {
    const wide_bytes wide = {as_int8(bytes & 0x00ff00ffu), as_int8(as_ushort16(bytes) >> (ushort)8)};
    return wide;
}
static inline int8 dot_wide(int8 acc, wide_bytes a, wide_bytes w) {
    acc += dot_halves(a.even, w.even);
    return acc + dot_halves(a.odd, w.odd);
}

// Per 16-bit half: the sum of two products, unsigned bytes of a by signed bytes of w. It saturates beyond 16 bits.
static inline int8 dot_pairs(uint8 a, int8 w) {
    int8 sum;
    __asm__("vpmaddubsw %2, %1, %0" : "=x"(sum) : "x"(a), "x"(w));
    return sum;
}
#define HAS_DOT_PAIRS 1

// Per byte: the byte of the table, the same 16 bytes in both halves of the register, that the byte of `at` (0 .. 15) names.
static inline int8 lookup_bytes(int8 table, uint8 at) {
    int8 found;
    __asm__("vpshufb %2, %1, %0" : "=x"(found) : "x"(table), "x"(at));
    return found;
}
#define HAS_LOOKUP_BYTES 1

// Halves of a register apart: the low or the high elements of a and b in turn, the first of a lowest.
static inline int8 low_bytes(int8 a, int8 b) {
    int8 both;
    __asm__("vpunpcklbw %2, %1, %0" : "=x"(both) : "x"(a), "x"(b));
    return both;
}
static inline int8 high_bytes(int8 a, int8 b) {
    int8 both;
    __asm__("vpunpckhbw %2, %1, %0" : "=x"(both) : "x"(a), "x"(b));
    return both;
}
static inline int8 low_halves(int8 a, int8 b) {
    int8 both;
    __asm__("vpunpcklwd %2, %1, %0" : "=x"(both) : "x"(a), "x"(b));
    return both;
}
static inline int8 high_halves(int8 a, int8 b) {
    int8 both;
    __asm__("vpunpckhwd %2, %1, %0" : "=x"(both) : "x"(a), "x"(b));
    return both;
}

// Sixteen words: bytes 0, 1, 2 and 3 of each apart, twice side by side.
typedef struct {
    int8 plane[4];
} word_table;
static inline word_table table_of_words(const uint words[16]) {
    word_table table;
    for (int p = 0; p < 4; p++) {
        int packed[4];
        for (int i = 0; i < 4; i++) {
            packed[i] = 0;
            for (int k = 0; k < 4; k++) packed[i] |= (int)((words[4 * i + k] >> (8 * p) & 255u) << (8 * k));
        }
        const int4 half_of_it = vload4(0, packed);
        table.plane[p] = (int8)(half_of_it, half_of_it);
    }
    return table;
}

// Halves of a register apart: byte i of lane j becomes byte j of lane i.
static inline uint8 transposed_bytes(uint8 v) {
    return as_uint8(lookup_bytes(as_int8(v), (uint8)(0x0c080400u, 0x0d090501u, 0x0e0a0602u, 0x0f0b0703u, 0x0c080400u,
                                                     0x0d090501u, 0x0e0a0602u, 0x0f0b0703u)));
}

// Lane j of found[i]: the word of the table that byte i of lane j of `at` (0 .. 15) names; `at` is given transposed.
static inline void lookup_words(int8 found[4], word_table table, uint8 at) {
    const int8 a = lookup_bytes(table.plane[0], at), b = lookup_bytes(table.plane[1], at);
    const int8 c = lookup_bytes(table.plane[2], at), d = lookup_bytes(table.plane[3], at);
    const int8 low = low_bytes(a, b), high = low_bytes(c, d);
    found[0] = low_halves(low, high);
    found[1] = high_halves(low, high);
    const int8 later_low = high_bytes(a, b), later_high = high_bytes(c, d);
    found[2] = low_halves(later_low, later_high);
    found[3] = high_halves(later_low, later_high);
}
#define HAS_LOOKUP_WORDS 1

// Per lane: the float that the lowest bits of the lane of `at` name: two of the four of its half of `from`, three of all.
static inline float8 pick_of_four(float8 from, uint8 at) {
    float8 found;
    __asm__("vpermilps %2, %1, %0" : "=x"(found) : "x"(from), "x"(at));
    return found;
}
static inline float8 pick_of_eight(float8 from, uint8 at) {
    float8 found;
    __asm__("vpermps %1, %2, %0" : "=x"(found) : "x"(from), "x"(at));
    return found;
}
#define HAS_PICK 1

// Per byte: all bits set where the bytes are equal, else none.
static inline int8 equal_bytes(int8 a, int8 b) {
    int8 equal;
    __asm__("vpcmpeqb %2, %1, %0" : "=x"(equal) : "x"(a), "x"(b));
    return equal;
}
#endif

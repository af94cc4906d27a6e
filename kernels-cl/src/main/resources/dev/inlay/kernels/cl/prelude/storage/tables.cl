// SPDX-License-Identifier: Apache-2.0
// Storages c2, c4, c8: weights as places in a table of 4, 16 or 256 numbers (Han et al., "Deep Compression", 2016).
// Sixteen, eight or four places fill one 32-bit word and lie in it as in s2, s4 and s8. The table has 2^bits floats;
// none of them need be zero, so x holds 0 where weights are padding.

#define run_c2 16
#define words_c2 1
#define units_c2 1
#define quantised_c2 1
#define entries_c2 4
#define run_c4 8
#define words_c4 1
#define units_c4 1
#define quantised_c4 1
#define entries_c4 16
#define run_c8 4
#define words_c8 1
#define units_c8 4
#define quantised_c8 1
#define entries_c8 256

typedef uint one_c4;
static inline float number_c4(__global const uint *p, int i, __global const float *table) {
    return table[p[i / 8] >> (uint)FIELD_AT(4, i % 8) & 15u];
}
typedef uchar one_c8;
#define number_c8(p, i, table) ((table)[(p)[i]])

// The places of elements 4 s to 4 s + 3 in the bytes of each word, the first lowest.
static inline VEC(uint) places_c2(VEC(uint) word, int s) { return word >> (uint)(2 * (s % 4)) & 0x03030303u; }
static inline VEC(uint) places_c4(VEC(uint) word, int s) { return word >> (uint)(4 * (s % 2)) & 0x0f0f0f0fu; }
static inline VEC(uint) places_c8(VEC(uint) word, int s) { return word; }

// A table as kernels keep it, and what it has at the places of elements 4 s to 4 s + 3.
typedef __global const float *table_any;
static inline table_any load_table_any(__global const float *table, int entries) { return table; }
static inline void find_any(VEC(float) found[4], VEC(uint) places, table_any table) {
    for (int e = 0; e < 4; e++) {
        uint at[VW];
        float lanes[VW];
        STORE_VEC(places >> (uint)(8 * e) & 255u, 0, at);
        for (int lane = 0; lane < VW; lane++) lanes[lane] = table[at[lane]];
        found[e] = LOAD_VEC(0, lanes);
    }
}

#ifdef HAS_LOOKUP_WORDS
// A table of at most 16 floats in registers. The places are put in order before they are shifted out of their word: all
// steps of the word then share it.
typedef word_table table_small;
static inline table_small load_table_small(__global const float *table, int entries) {
    uint words[16];
    for (int i = 0; i < 16; i++) words[i] = as_uint(table[i % entries]);
    return table_of_words(words);
}
static inline void find_small(VEC(float) found[4], VEC(uint) places, table_small table) {
    int8 words[4];
    lookup_words(words, table, places);
    found[0] = as_float8(words[0]);
    found[1] = as_float8(words[1]);
    found[2] = as_float8(words[2]);
    found[3] = as_float8(words[3]);
}
static inline VEC(uint) ordered_small(VEC(uint) word) { return transposed_bytes(word); }
#else
typedef table_any table_small;
static inline table_small load_table_small(__global const float *table, int entries) { return table; }
static inline void find_small(VEC(float) found[4], VEC(uint) places, table_small table) {
    find_any(found, places, table);
}
static inline VEC(uint) ordered_small(VEC(uint) word) { return word; }
#endif

typedef table_small table_c2;
typedef table_small table_c4;
typedef table_any table_c8;
static inline table_c2 load_table_c2(__global const float *table) { return load_table_small(table, 4); }
static inline table_c4 load_table_c4(__global const float *table) { return load_table_small(table, 16); }
static inline table_c8 load_table_c8(__global const float *table) { return table; }

// The numbers of elements 4 s to 4 s + 3 of the words of a run.
static inline void find_c2(VEC(float) found[4], const VEC(uint) raw[], int s, table_c2 table) {
    find_small(found, places_c2(ordered_small(raw[s / 4]), s), table);
}
static inline void find_c4(VEC(float) found[4], const VEC(uint) raw[], int s, table_c4 table) {
    find_small(found, places_c4(ordered_small(raw[s / 2]), s), table);
}
static inline void find_c8(VEC(float) found[4], const VEC(uint) raw[], int s, table_c8 table) {
    find_any(found, places_c8(raw[s], s), table);
}

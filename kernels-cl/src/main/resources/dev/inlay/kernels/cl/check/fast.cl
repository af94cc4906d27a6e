// SPDX-License-Identifier: Apache-2.0
// Each fast form of a device beside its portable meaning, of the same words. Local size (1, 1, 1).
//   x  a work-item's 2 * VW words
//   y  for each form in turn 2 * VW numbers a work-item: what the form gives, what it means

// Byte i of a word.
static inline uint byte_of(uint word, int i) { return word >> (i << 3) & 255u; }
static inline int signed_byte_of(uint word, int i) { return (int)(word << (24 - (i << 3))) >> 24; }

#define BESIDE(form, fast, meaning)                                                                                    \
    {                                                                                                                  \
        __global int *at = y + y_offset + (form * get_global_size(0) + get_global_id(0)) * (2 * VW);                   \
        STORE_VEC(fast, 0, at);                                                                                        \
        for (int i = 0; i < VW; i++) at[VW + i] = meaning;                                                             \
    }

#ifdef HAS_DOT_HALVES
static inline int meant_dot_halves(uint a, uint w) {
    const uint low = (uint)((int)(a << 16) >> 16) * (uint)((int)(w << 16) >> 16);
    return (int)(low + (uint)((int)a >> 16) * (uint)((int)w >> 16));
}
#endif

#ifdef HAS_DOT_PAIRS
static inline int meant_dot_pairs(uint a, uint w) {
    uint pairs = 0;
    for (int i = 0; i < 4; i += 2) {
        const int sum = (int)byte_of(a, i) * signed_byte_of(w, i) + (int)byte_of(a, i + 1) * signed_byte_of(w, i + 1);
        pairs |= (uint)(clamp(sum, -32768, 32767) & 0xffff) << (i << 3);
    }
    return (int)pairs;
}
#endif

#ifdef HAS_LOOKUP_BYTES
static inline int meant_lookup_bytes(__global const uint *table, uint at) {
    uint found = 0;
    for (int i = 0; i < 4; i++) found |= byte_of(table[byte_of(at, i) >> 2], byte_of(at, i) & 3) << (i << 3);
    return (int)found;
}

static inline int meant_lookup_words(__global const uint *words, uint at, int e) {
    return (int)words[byte_of(at, e)];
}
static inline int8 given_lookup_words(__global const uint *words, uint8 at, int e) {
    uint sixteen[16];
    for (int i = 0; i < 16; i++) sixteen[i] = words[i];
    int8 found[4];
    lookup_words(found, table_of_words(sixteen), transposed_bytes(at));
    return e == 0 ? found[0] : e == 1 ? found[1] : e == 2 ? found[2] : found[3];
}

static inline int meant_equal_bytes(uint a, uint b) {
    uint equal = 0;
    for (int i = 0; i < 4; i++) equal |= (byte_of(a, i) == byte_of(b, i) ? 255u : 0u) << (i << 3);
    return (int)equal;
}
#endif

#ifdef HAS_PICK
static inline int meant_pick(__global const uint *from, uint at, uint all, int lane) {
    return (int)from[(at & (all - 1)) | ((uint)lane & (8 - all))];
}
#endif

#ifdef HAS_DOT_BYTES
static inline int meant_dot_bytes(uint acc, uint a, uint w) {
    for (int i = 0; i < 4; i++) acc += (uint)((int)byte_of(a, i) * signed_byte_of(w, i));
    return (int)acc;
}
#endif

#ifdef HAS_COUNT_BITS
static inline int meant_count_bits(uint v) {
    int count = 0;
    for (int i = 0; i < 32; i++) count += (int)(v >> i & 1u);
    return count;
}
#endif

__kernel void check_fast(__global const uint *x, ulong x_offset, __global int *y, ulong y_offset) {
    __global const uint *a = x + x_offset + get_global_id(0) * (2 * VW), *w = a + VW;
    const VEC(uint) va = LOAD_VEC(0, a), vw = LOAD_VEC(0, w);
#ifdef HAS_DOT_HALVES
    BESIDE(0, dot_halves(as_int8(va), as_int8(vw)), meant_dot_halves(a[i], w[i]))
#endif
#ifdef HAS_DOT_PAIRS
    BESIDE(1, dot_pairs(va, as_int8(vw)), meant_dot_pairs(a[i], w[i]))
#endif
#ifdef HAS_LOOKUP_BYTES
    BESIDE(2, lookup_bytes(as_int8(va.s01230123), vw & 0x0f0f0f0fu), meant_lookup_bytes(a, w[i] & 0x0f0f0f0fu))
    BESIDE(3, equal_bytes(as_int8(va & 0x03030303u), as_int8(vw & 0x03030303u)),
           meant_equal_bytes(a[i] & 0x03030303u, w[i] & 0x03030303u))
    const int e = (int)(get_global_id(0) & 3);
    BESIDE(4, given_lookup_words(a, vw >> 3u & 0x0f0f0f0fu, e), meant_lookup_words(a, w[i] >> 3u & 0x0f0f0f0fu, e))
#endif
#ifdef HAS_PICK
    BESIDE(5, as_int8(pick_of_four(as_float8(va), vw)), meant_pick(a, w[i], 4, i))
    BESIDE(6, as_int8(pick_of_eight(as_float8(va), vw)), meant_pick(a, w[i], 8, i))
#endif
#ifdef HAS_DOT_BYTES
    BESIDE(0, dot_bytes(as_int16(va ^ vw), va, as_int16(vw)), meant_dot_bytes(a[i] ^ w[i], a[i], w[i]))
#endif
#ifdef HAS_COUNT_BITS
    BESIDE(0, as_int16(count_bits(va)), meant_count_bits(a[i]))
#endif
}

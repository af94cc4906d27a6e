// SPDX-License-Identifier: Apache-2.0
// Carrier u8s8: unsigned activations by signed weights, four products a word, exact in 32-bit integers.

#ifndef X_FORMAT
#define X_FORMAT u8 // storage of the activations
#endif
#ifndef W_FORMAT
#define W_FORMAT s8 // storage of the weights
#endif
#ifndef Y_FORMAT
#define Y_FORMAT u8 // storage of the output and of the residual
#endif

typedef VEC(int) accumulator;
typedef int bias_element;
typedef VEC(int) bias_vector;

// One word (four elements) of one pixel by the same word of VW channels.
static inline accumulator dot(accumulator acc, uint a, VEC(int) w) {
#ifdef HAS_DOT_BYTES
    return dot_bytes(acc, (VEC(uint))(a), w);
#elif defined(HAS_DOT_HALVES)
    // Bytes 0 and 2, then bytes 1 and 3, each widened to 16 bits: 255 * 128 * 2 fits a lane.
    const VEC(uint) v = a;
    const VEC(int) w02 = as_int8(as_short16(w << 8) >> (short)8);
    const VEC(int) w13 = as_int8(as_short16(w) >> (short)8);
    acc += dot_halves(as_int8(v & 0x00ff00ffu), w02);
    return acc + dot_halves(as_int8(as_ushort16(v) >> (ushort)8), w13);
#else
    acc += (int)(a & 255) * ((w << 24) >> 24);
    acc += (int)((a >> 8) & 255) * ((w << 16) >> 24);
    acc += (int)((a >> 16) & 255) * ((w << 8) >> 24);
    acc += (int)(a >> 24) * (w >> 24);
    return acc;
#endif
}

// The value of a finished sum: real for a real output, in steps of the output for a quantised one.
static inline VEC(float) real_value(accumulator acc, bias_vector bias, VEC(float) scale) {
    return CAT(convert_float, VW)(acc + bias) * scale;
}

// SPDX-License-Identifier: Apache-2.0
// One number that is read of a value held as f32, u8, s16 or l8: real = (code - zero) * step, of l8
// ±2^((index - 1) / ROOT) * step.

#ifndef X_FORMAT
#define X_FORMAT f32 // f32, u8, s16, l8
#endif

typedef float held_f32;
typedef uchar held_u8;
typedef short held_s16;
typedef uchar held_l8;
typedef uint held_b1; // 32 of them, for kernels that take whole words
typedef CAT(held_, X_FORMAT) x_element;

// Sums of codes: exact in integers for codes.
typedef float sum_f32;
typedef int sum_u8;
typedef int sum_s16;

static inline float from_f32(float v, int zero, float step) { return v; }
static inline float from_u8(uchar code, int zero, float step) { return (float)((int)code - zero) * step; }
static inline float from_s16(short code, int zero, float step) { return (float)((int)code - zero) * step; }
static inline float from_l8(uchar code, int zero, float step) {
    const int index = code & 127, exponent = index - 1;
    float power = as_float(((ROOT == 2 ? exponent >> 1 : exponent) + 127) << 23);
    if (ROOT == 2 && (exponent & 1)) power *= 1.41421356f;
    return index == 0 ? 0.0f : (code & 128 ? -power : power) * step;
}

static inline float term_f32(float v, int zero) { return v; }
static inline int term_u8(uchar code, int zero) { return (int)code - zero; }
static inline int term_s16(short code, int zero) { return (int)code - zero; }

static inline float scaled_f32(float sum, float step) { return sum; }
static inline float scaled_u8(int sum, float step) { return (float)sum * step; }
static inline float scaled_s16(int sum, float step) { return (float)sum * step; }

#define FROM_X(code) CAT(from_, X_FORMAT)(code, x_zero, x_step)

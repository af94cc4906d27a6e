// SPDX-License-Identifier: Apache-2.0
// One number that is read of a value held as f32, u8 or s16: real = (code - zero) * step.

#ifndef X_FORMAT
#define X_FORMAT f32 // f32, u8, s16
#endif

typedef float held_f32;
typedef uchar held_u8;
typedef short held_s16;
typedef CAT(held_, X_FORMAT) x_element;

// Sums of codes: exact in integers for codes.
typedef float sum_f32;
typedef int sum_u8;
typedef int sum_s16;

static inline float from_f32(float v, int zero, float step) { return v; }
static inline float from_u8(uchar code, int zero, float step) { return (float)((int)code - zero) * step; }
static inline float from_s16(short code, int zero, float step) { return (float)((int)code - zero) * step; }

static inline float term_f32(float v, int zero) { return v; }
static inline int term_u8(uchar code, int zero) { return (int)code - zero; }
static inline int term_s16(short code, int zero) { return (int)code - zero; }

static inline float scaled_f32(float sum, float step) { return sum; }
static inline float scaled_u8(int sum, float step) { return (float)sum * step; }
static inline float scaled_s16(int sum, float step) { return (float)sum * step; }

#define FROM_X(code) CAT(from_, X_FORMAT)(code, x_zero, x_step)

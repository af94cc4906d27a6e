// SPDX-License-Identifier: Apache-2.0
// One number that is written of a value held as f32, u8, s16 or l8, see element.cl.

#ifndef Y_FORMAT
#define Y_FORMAT f32 // f32, u8, s16, l8
#endif
typedef CAT(held_, Y_FORMAT) y_element;

static inline float to_f32(float v, float step, code_range s) { return v; }
static inline uchar to_u8(float v, float step, code_range s) { return (uchar)code_of(v / step, s); }
static inline short to_s16(float v, float step, code_range s) { return (short)code_of(v / step, s); }
static inline uchar to_l8(float v, float step, code_range s) { return (uchar)code_of_l8(v / step, s); }
#define TO_Y(v) CAT(to_, Y_FORMAT)(v, y_step, (code_range){(float)y_zero, (float)y_low, (float)y_high})

// SPDX-License-Identifier: Apache-2.0
// Depthwise convolution of a channels-last image whose halo is in memory: each channel with its own window.
// Global size: (channels rounded up, out_columns, out_rows * images). Strides count elements.
//   w     [tap][channel]; bias, scale [channel]; bias is int for u8s8 and s16 and holds the zero-point
//         correction; sums of s16 fit 32 bits.
//   y_zero, y_low, y_high  code of zero, least and most code of a u8 or s16 output
//   r     residual in the output's format; r_scale: residual step over output step (f32: unused)

#ifndef CARRIER
#define CARRIER f32 // f32, u8s8, s16
#endif
#ifndef Y_FORMAT
#define Y_FORMAT f32 // f32, u8, s16
#endif
#ifndef RESIDUAL
#define RESIDUAL 0 // 1: a residual is added before the activation
#endif
#ifndef FUNCTION
#define FUNCTION IDENTITY // a name of prelude/function.cl
#endif

typedef float x_f32;
typedef float w_f32;
typedef float sum_f32;
static inline float multiply_add_f32(float acc, float x, float w) { return multiply_add(x, w, acc); }
static inline float real_f32(float acc, float bias, float scale) { return acc + bias; }
typedef uchar x_u8s8;
typedef char w_u8s8;
typedef int sum_u8s8;
static inline int multiply_add_u8s8(int acc, uchar x, char w) { return acc + (int)x * (int)w; }
static inline float real_u8s8(int acc, int bias, float scale) { return (float)(acc + bias) * scale; }
typedef short x_s16;
typedef short w_s16;
typedef int sum_s16;
static inline int multiply_add_s16(int acc, short x, short w) { return acc + (int)x * (int)w; }
static inline float real_s16(int acc, int bias, float scale) { return (float)(acc + bias) * scale; }
typedef float y_f32;
typedef uchar y_u8;
typedef short y_s16;
static inline float load_f32(float r, float zero, float step) { return r; }
static inline float load_u8(uchar r, float zero, float step) { return ((float)r - zero) * step; }
static inline float load_s16(short r, float zero, float step) { return ((float)r - zero) * step; }
static inline int code_of(float v, int zero, int low, int high) {
    return convert_int_rte(fmin(fmax(v, (float)(low - zero)), (float)(high - zero))) + zero;
}
static inline float store_f32(float v, int zero, int low, int high) { return v; }
static inline uchar store_u8(float v, int zero, int low, int high) { return (uchar)code_of(v, zero, low, high); }
static inline short store_s16(float v, int zero, int low, int high) { return (short)code_of(v, zero, low, high); }
typedef CAT(x_, CARRIER) x_element;
typedef CAT(w_, CARRIER) w_element;
typedef CAT(sum_, CARRIER) sum_element;
typedef CAT(y_, Y_FORMAT) y_element;

__kernel void contract_depthwise(__global const x_element *x, ulong x_offset, __global const w_element *w,
                                 ulong w_offset, __global const sum_element *bias, ulong bias_offset,
                                 __global const float *scale, ulong scale_offset, __global const y_element *r,
                                 ulong r_offset, __global y_element *y, ulong y_offset,
                                 int channels, int out_rows, int x_image, int x_line, int x_pixel,
                                 int tap_rows, int tap_cols, int tap_row, int tap_col,
                                 int y_image, int y_line, int y_pixel, int r_image, int r_line, int r_pixel,
                                 float act_a, float act_b, int y_zero, int y_low, int y_high, int r_zero,
                                 float r_scale) {
    const int channel = get_global_id(0), column = get_global_id(1);
    const int row = get_global_id(2) % out_rows, image = get_global_id(2) / out_rows;
    if (channel >= channels) return;
    __global const x_element *from =
        x + x_offset + (long)image * x_image + (long)row * x_line + (long)column * x_pixel + channel;
    sum_element acc = 0;
    for (int i = 0; i < tap_rows; i++)
        for (int j = 0; j < tap_cols; j++)
            acc = CAT(multiply_add_, CARRIER)(acc, from[(long)i * tap_row + (long)j * tap_col],
                                              w[w_offset + (long)(i * tap_cols + j) * channels + channel]);
    float v = CAT(real_, CARRIER)(acc, bias[bias_offset + channel], scale[scale_offset + channel]);
#if RESIDUAL
    v += CAT(load_, Y_FORMAT)(
        r[r_offset + (long)image * r_image + (long)row * r_line + (long)column * r_pixel + channel], (float)r_zero,
        r_scale);
#endif
    y[y_offset + (long)image * y_image + (long)row * y_line + (long)column * y_pixel + channel] =
        CAT(store_, Y_FORMAT)(CAT(function_, FUNCTION)(v, act_a, act_b), y_zero, y_low, y_high);
}

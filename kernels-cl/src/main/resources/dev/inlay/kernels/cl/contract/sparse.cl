// SPDX-License-Identifier: Apache-2.0
// Sparse contraction: an output channel sums only its weights that are not zero, each times the pixels it meets.
//
// One work-item computes one output channel of PR rows by PV vectors of pixels; with PV 0 of one pixel, its vectors
// lying along the weights. Global size (local size 1):
//   0: output channels of all groups   1: ceil(out_columns / (PV * VW)), with PV 0 out_columns
//   2: ceil(out_rows / PR) * images
//
//   x      [image][channel][row][column] with its halo in memory; x_base is what output (0, 0) of group 0 reads first. A
//          work-item reads whole vectors of pixels: the columns behind a row's last are read, and not used.
//   w      the weights that are not zero, one output channel after the other, [channel][tap]: in runs of W_FORMAT that go
//          on from one output channel to the next
//   list   `channels of all groups` + 1 places in the list where channels begin, then for each weight where its
//          activations are, in elements of x from the pixel's own, as a PLACE
//   table  the numbers that weights name the places of; else any buffer
//   bias, scale  [channel of all groups]; of codes bias is counted in scale, of floats scale is not used
//   r, y   any strides

#ifndef PV
#define PV 4 // vectors: vectors of pixels of a row; 0: one pixel
#endif
#ifndef PR
#define PR 2 // rows: rows of pixels; at most out_rows
#endif
#ifndef STRIDED
#define STRIDED 0 // 1: neighbouring outputs read activations x_pixel apart, not side by side
#endif
#ifndef W_FORMAT
#define W_FORMAT f32 // storage of the weights: f32, s8, s4, b1, c4 or c8
#endif
#ifndef PLACE
#define PLACE int // int or ushort: type of where activations are
#endif

typedef CAT(one_, W_FORMAT) w_element;
#define WEIGHT(k) CAT(number_, W_FORMAT)(weights, first + (k), numbers)
#define REAL(v) (CAT(quantised_, W_FORMAT) ? ((v) + b) * s : (v) + b)

static inline VEC(float) pixels(__global const float *p, int v, int x_pixel) {
#if STRIDED
    float lanes[VW];
    for (int i = 0; i < VW; i++) lanes[i] = p[(v * VW + i) * x_pixel];
    return LOAD_VEC(0, lanes);
#else
    return LOAD_VEC(v, p);
#endif
}

__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void contract_sparse(
    __global const float *x, ulong x_offset, __global const w_element *w, ulong w_offset, __global const int *list,
    ulong list_offset, __global const float *table, ulong table_offset, __global const float *bias, ulong bias_offset, __global const float *scale, ulong scale_offset,
    __global const float *r, ulong r_offset, __global float *y, ulong y_offset,
    int outputs, int channels, int out_rows, int out_columns, int x_base, int x_image, int x_group, int x_line,
    int x_pixel, int y_base, int y_image, int y_channel, int y_line, int y_pixel, int r_base, int r_image, int r_channel,
    int r_line, int r_pixel, float act_a, float act_b) {
    const int output = get_global_id(0);
    const int tiles = (out_rows + PR - 1) / PR;
    const int row = min((int)(get_global_id(2) % (uint)tiles) * PR, out_rows - PR);
    const int image = get_global_id(2) / (uint)tiles;
    const int column = get_global_id(1) * (PV ? PV * VW : 1);

    __global const float *xt = x + x_offset + x_base + (long)image * x_image + (long)(output / channels) * x_group +
                               (long)row * x_line + (long)column * x_pixel;
    const int first = list[list_offset + output] - (outputs + 1);
    const int count = list[list_offset + output + 1] - (outputs + 1) - first;
    __global const PLACE *places = (__global const PLACE *)(list + list_offset + outputs + 1) + first;
    __global const w_element *weights = w + w_offset;
    __global const float *numbers = table + table_offset;
    const float b = bias[bias_offset + output], s = scale[scale_offset + output];
    __global float *to = y + y_offset + (y_base + (long)image * y_image + (long)output * y_channel);
    __global const float *beside = r + r_offset + (r_base + (long)image * r_image + (long)output * r_channel);

#if PV
    VEC(float) acc[PR][PV];
#pragma unroll
    for (int i = 0; i < PR; i++)
#pragma unroll
        for (int v = 0; v < PV; v++) acc[i][v] = 0.0f;
    for (int k = 0; k < count; k++) {
        const VEC(float) weight = WEIGHT(k);
        __global const float *p = xt + places[k];
#pragma unroll
        for (int i = 0; i < PR; i++)
#pragma unroll
            for (int v = 0; v < PV; v++)
                acc[i][v] = multiply_add(pixels(p + (long)i * x_line, v, x_pixel), weight, acc[i][v]);
    }
    for (int i = 0; i < PR; i++) {
        float lanes[PV * VW];
#pragma unroll
        for (int v = 0; v < PV; v++) STORE_VEC(REAL(acc[i][v]), v, lanes);
        const int valid = min(PV * VW, out_columns - column);
        for (int at = 0; at < valid; at++) {
            to[(long)(row + i) * y_line + (long)(column + at) * y_pixel] = finished(
                lanes[at], beside, (long)(row + i) * r_line + (long)(column + at) * r_pixel, act_a, act_b);
        }
    }
#else
    VEC(float) acc = 0.0f;
    int k = 0;
    for (; k + VW <= count; k += VW) {
        float near[VW], lanes[VW];
#pragma unroll
        for (int i = 0; i < VW; i++) near[i] = xt[places[k + i]];
#pragma unroll
        for (int i = 0; i < VW; i++) lanes[i] = WEIGHT(k + i);
        acc = multiply_add(LOAD_VEC(0, near), LOAD_VEC(0, lanes), acc);
    }
    float value = 0.0f;
    for (; k < count; k++) value = multiply_add(xt[places[k]], WEIGHT(k), value);
    float lanes[VW];
    STORE_VEC(acc, 0, lanes);
    for (int i = 0; i < VW; i++) value += lanes[i];
    to[(long)row * y_line + (long)column * y_pixel] =
        finished(REAL(value), beside, (long)row * r_line + (long)column * r_pixel, act_a, act_b);
#endif
}

// SPDX-License-Identifier: Apache-2.0
// Contraction of weights by product quantisation, classes cpu and gpu: convolution of one group, matrix product, fully
// connected.
//
// Jégou et al., "Product Quantization for Nearest Neighbor Search", PAMI 2011; Wu et al., "Quantized Convolutional Neural
// Networks for Mobile Devices", CVPR 2016: an output is the sum, over taps and blocks of input channels, of the inner
// product of the block with the centroid that the output has of it. contract.centroids has made all that there are.
//
// One work-item computes NV vectors of channels of one pixel. Global size: (ceil(channels / (NV * VW)) rounded up,
// out_columns, out_rows * images). Strides count elements.
//   x        [image][row][column][block][ENTRIES], what contract.centroids gives
//   w        bytes [tap][block][channel], channels padded to whole work-items: which centroid
//   bias     [channel], padded likewise
//   r, y     [image][row][column][channel]; only the first `channels` are touched. r is read with RESIDUAL only.
//   act_a, act_b  parameters of FUNCTION

#ifndef VW
#define VW 8 // lanes: output channels of a vector
#endif
#ifndef NV
#define NV 8 // vectors: vectors of channels of a work-item
#endif
#ifndef ENTRIES
#define ENTRIES 16 // centroids: of a block
#endif
#define UNROLLED _Pragma("unroll")

__kernel void contract_product(__global const float *x, ulong x_offset, __global const uchar *w, ulong w_offset,
                               __global const float *bias, ulong bias_offset, __global const float *r, ulong r_offset,
                               __global float *y, ulong y_offset, int channels, int blocks, int out_rows, int x_image,
                               int x_line, int x_pixel, int tap_rows, int tap_cols, int tap_row, int tap_col,
                               int y_image, int y_line, int y_pixel, int r_image, int r_line, int r_pixel, float act_a,
                               float act_b) {
    const int first = get_global_id(0) * (NV * VW), column = get_global_id(1);
    const int row = get_global_id(2) % out_rows, image = get_global_id(2) / out_rows;
    if (first >= channels) return;
    const int padded = (channels + NV * VW - 1) / (NV * VW) * (NV * VW);
    __global const float *from = x + x_offset + (long)image * x_image + (long)row * x_line + (long)column * x_pixel;
    __global const uchar *places = w + w_offset + first;

    VEC(float) sum[NV];
    UNROLLED for (int n = 0; n < NV; n++) sum[n] = LOAD_VEC(n, bias + bias_offset + first);
    for (int tr = 0; tr < tap_rows; tr++)
        for (int tc = 0; tc < tap_cols; tc++) {
            __global const float *table = from + (long)tr * tap_row + (long)tc * tap_col;
            for (int block = 0; block < blocks; block++) {
                UNROLLED for (int n = 0; n < NV; n++) {
                    float lanes[VW];
                    UNROLLED for (int i = 0; i < VW; i++) lanes[i] = table[places[n * VW + i]];
                    sum[n] += LOAD_VEC(0, lanes);
                }
                table += ENTRIES;
                places += padded;
            }
        }

    float numbers[NV * VW];
    UNROLLED for (int n = 0; n < NV; n++) STORE_VEC(sum[n], n, numbers);
    __global float *to = y + y_offset + (long)image * y_image + (long)row * y_line + (long)column * y_pixel + first;
    __global const float *beside =
        r + r_offset + (long)image * r_image + (long)row * r_line + (long)column * r_pixel + first;
    const int end = min(NV * VW, channels - first);
    for (int i = 0; i < end; i++) to[i] = finished(numbers[i], beside, i, act_a, act_b);
}

// SPDX-License-Identifier: Apache-2.0
// Inner products of the blocks of pixels with their centroids, for contract.product, classes cpu and gpu.
//
// One work-item computes one block of a pixel. Global size: (blocks rounded up, columns, rows * images). Strides count
// elements.
//   x   [image][row][column][channel], of which `depth` channels are read: the last block may be short
//   w   [block][LENGTH][ENTRIES]
//   y   [image][row][column][block][ENTRIES]

#ifndef VW
#define VW 8 // lanes: centroids of a vector
#endif
#ifndef LENGTH
#define LENGTH 4 // channels: of a block
#endif
#ifndef ENTRIES
#define ENTRIES 16 // centroids: of a block, a multiple of VW
#endif

__kernel void contract_centroids(__global const float *x, ulong x_offset, __global const float *w, ulong w_offset,
                                 __global float *y, ulong y_offset, int blocks, int depth, int rows, int x_image,
                                 int x_line, int x_pixel, int y_image, int y_line, int y_pixel) {
    const int block = get_global_id(0), column = get_global_id(1);
    const int row = get_global_id(2) % rows, image = get_global_id(2) / rows;
    if (block >= blocks) return;
    __global const float *from = x + x_offset + (long)image * x_image + (long)row * x_line + (long)column * x_pixel +
                                 block * LENGTH;
    __global const float *wp = w + w_offset + (ulong)block * (LENGTH * ENTRIES);
    __global float *to = y + y_offset + (long)image * y_image + (long)row * y_line + (long)column * y_pixel +
                         (long)block * ENTRIES;
    const int end = min(LENGTH, depth - block * LENGTH);
    float numbers[LENGTH];
    for (int e = 0; e < LENGTH; e++) numbers[e] = e < end ? from[e] : 0.0f;
    for (int k = 0; k < ENTRIES / VW; k++) {
        VEC(float) sum = 0.0f;
#pragma unroll
        for (int e = 0; e < LENGTH; e++)
            sum = multiply_add((VEC(float))(numbers[e]), LOAD_VEC(e * (ENTRIES / VW) + k, wp), sum);
        STORE_VEC(sum, k, to);
    }
}

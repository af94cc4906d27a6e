// SPDX-License-Identifier: Apache-2.0
// Spectra of the blocks of channels of each pixel, which contract.circulant multiplies: a product with a fixed matrix,
// at these lengths as quick as a fast transform. Channels past the last one are zero.
//
// Global size: (ceil(blocks / BLOCKS) rounded up, columns, rows * images). Strides count elements.
//   x        [image][row][column][channel], of which `depth` channels are read
//   forward  [channel of a block][number of the spectrum]
//   y        [image][row][column][block][number], as contract.circulant says

#ifndef BLOCKS
#define BLOCKS 4 // blocks: blocks of a work-item, which reads the matrix once for them
#endif

__kernel void contract_spectrum(__global const float *x, ulong x_offset, __global const float *forward,
                                ulong forward_offset, __global float *y, ulong y_offset, int depth, int rows,
                                int x_image, int x_line, int x_pixel, int y_image, int y_line, int y_pixel) {
    const int first = get_global_id(0) * BLOCKS, column = get_global_id(1);
    const int row = get_global_id(2) % rows, image = get_global_id(2) / rows;
    const int left = depth - first * BLOCK;
    if (left <= 0) return;
    __global const float *from =
        x + x_offset + (long)image * x_image + (long)row * x_line + (long)column * x_pixel + first * BLOCK;
    __global float *to =
        y + y_offset + (long)image * y_image + (long)row * y_line + (long)column * y_pixel + first * BLOCK;
    __global const float *matrix = forward + forward_offset;

    VEC(float) sum[BLOCKS][WHOLE];
    UNROLLED for (int b = 0; b < BLOCKS; b++)
        UNROLLED for (int p = 0; p < WHOLE; p++) sum[b][p] = 0.0f;
    for (int c = 0; c < BLOCK; c++)
        UNROLLED for (int p = 0; p < WHOLE; p++) {
            const VEC(float) part = LOAD_VEC(c * WHOLE + p, matrix);
            UNROLLED for (int b = 0; b < BLOCKS; b++) {
                const float number = b * BLOCK + c < left ? from[b * BLOCK + c] : 0.0f;
                sum[b][p] = multiply_add((VEC(float))(number), part, sum[b][p]);
            }
        }
    UNROLLED for (int b = 0; b < BLOCKS; b++)
        if (b * BLOCK < left)
            UNROLLED for (int p = 0; p < WHOLE; p++) STORE_VEC(sum[b][p], b * WHOLE + p, to);
}

// SPDX-License-Identifier: Apache-2.0
// Matrix product with weights that are places in a table, by parallel accumulation and shared multiplication (PASM):
// Garland and Gregg, "Low Complexity Multiply-Accumulate Units for Convolutional Neural Networks with Weight-Sharing",
// ACM TACO 15, 2018. The activations of each of the 2^BITS numbers are added up first, then multiplied by it once:
//   y[row][output] = (sum over k of table[k] * (sum of x[row][i] whose weight is place k) + bias[output]) * scale[output]
//
// Global size: (outputs, rows, 1). Strides count elements.
//   x      rows of `depth` floats
//   w      [output][ceil(depth / RUN)] words of a storage c2, c4 or c8: panels of one vector of one lane
//   table  2^BITS floats
//   bias, scale  one an output

#ifndef BITS
#define BITS 4 // bits: of a place in the table
#endif
#define RUN (32 / BITS)
#define ENTRIES (1 << BITS)

__kernel void contract_bins(__global const float *x, ulong x_offset, __global const uint *w, ulong w_offset,
                            __global const float *table, ulong table_offset, __global const float *bias,
                            ulong bias_offset, __global const float *scale, ulong scale_offset, __global float *y,
                            ulong y_offset, int depth, int x_row, int y_row) {
    const int output = get_global_id(0), row = get_global_id(1);
    __global const float *from = x + x_offset + (long)row * x_row;
    __global const uint *words = w + w_offset + (long)output * ((depth + RUN - 1) / RUN);
    float bins[ENTRIES];
    for (int k = 0; k < ENTRIES; k++) bins[k] = 0.0f;
    for (int i = 0; i < depth; i++) {
        const int e = i % RUN;
        bins[words[i / RUN] >> (8 * (e % 4) + BITS * (e / 4)) & (ENTRIES - 1)] += from[i];
    }
    __global const float *numbers = table + table_offset;
    float sum = 0.0f;
    for (int k = 0; k < ENTRIES; k++) sum = multiply_add(numbers[k], bins[k], sum);
    y[y_offset + (long)row * y_row + output] = (sum + bias[bias_offset + output]) * scale[scale_offset + output];
}

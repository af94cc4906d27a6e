// SPDX-License-Identifier: Apache-2.0
// Product of one row of activations by weights that are not zero, column after column: only the columns whose activation
// is not zero are read. Source: Han et al., "EIE: Efficient Inference Engine on Compressed Deep Neural Network", ISCA 2016.
//
// One work-item computes a slice of HEIGHT outputs. Global size (local size 1): (ceil(outputs / HEIGHT), 1, 1).
//   x      `depth` floats
//   active the number of columns, then which, as contract.nonzeros writes them
//   w      the weights that are not zero, [slice][column][output], in runs of W_FORMAT that go on from one slice to the next
//   list   `slices * depth` + 1 places among them where each column of each slice begins; then of each weight, as a PLACE,
//          which output of its slice it is for
//   table  the numbers that weights name the places of; else any buffer
//   bias, scale  [output]; of codes bias is counted in scale, of floats scale is not used
//   r, y   [output]

#ifndef HEIGHT
#define HEIGHT 256 // outputs: of a slice, with places in a byte at most 256
#endif
#ifndef PLACE
#define PLACE uchar // uchar or ushort: type of which output of a slice a weight is for
#endif
#ifndef W_FORMAT
#define W_FORMAT f32 // storage of the weights
#endif

typedef CAT(one_, W_FORMAT) w_element;
#define WEIGHT(k) CAT(number_, W_FORMAT)(weights, k, numbers)

__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void contract_columns(
    __global const float *x, ulong x_offset, __global const int *active, ulong active_offset,
    __global const w_element *w, ulong w_offset, __global const int *list, ulong list_offset,
    __global const float *table, ulong table_offset, __global const float *bias, ulong bias_offset,
    __global const float *scale, ulong scale_offset, __global const float *r, ulong r_offset, __global float *y,
    ulong y_offset, int outputs, int depth, float act_a, float act_b) {
    const int slice = get_global_id(0);
    __global const float *from = x + x_offset;
    __global const int *columns = active + active_offset + 1;
    const int count = columns[-1];
    __global const int *starts = list + list_offset + (long)slice * depth;
    __global const PLACE *places =
        (__global const PLACE *)(list + list_offset + (long)get_global_size(0) * depth + 1);
    __global const w_element *weights = w + w_offset;
    __global const float *numbers = table + table_offset;

    float acc[HEIGHT];
    for (int i = 0; i < HEIGHT; i++) acc[i] = 0.0f;
    for (int c = 0; c < count; c++) {
        const int column = columns[c];
        const float v = from[column];
        const int end = starts[column + 1];
        int k = starts[column];
        // Outputs of a column differ: their sums do not wait for each other.
        for (; k + 4 <= end; k += 4) {
            float sums[4];
#pragma unroll
            for (int i = 0; i < 4; i++) sums[i] = multiply_add(WEIGHT(k + i), v, acc[places[k + i]]);
#pragma unroll
            for (int i = 0; i < 4; i++) acc[places[k + i]] = sums[i];
        }
        for (; k < end; k++) acc[places[k]] = multiply_add(WEIGHT(k), v, acc[places[k]]);
    }

    const int valid = min(HEIGHT, outputs - slice * HEIGHT);
    for (int i = 0; i < valid; i++) {
        const int output = slice * HEIGHT + i;
        float value = acc[i] + bias[bias_offset + output];
#if CAT(quantised_, W_FORMAT)
        value *= scale[scale_offset + output];
#endif
        y[y_offset + output] = finished(value, r + r_offset, output, act_a, act_b);
    }
}

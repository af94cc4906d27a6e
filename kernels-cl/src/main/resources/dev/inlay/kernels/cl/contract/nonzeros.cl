// SPDX-License-Identifier: Apache-2.0
// Which activations of a row are not zero: their number, then where each is, in rising order. For contract.columns.
// Global size: (1, 1, 1).
//   x     `depth` floats
//   list  up to `depth` + 1 numbers

__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void contract_nonzeros(__global const float *x, ulong x_offset,
                                                                              __global int *list, ulong list_offset,
                                                                              int depth) {
    __global const float *from = x + x_offset;
    __global int *places = list + list_offset + 1;
    int count = 0;
    for (int i = 0; i < depth; i++) {
        if (from[i] != 0.0f) places[count++] = i;
    }
    list[list_offset] = count;
}

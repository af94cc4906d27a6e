// SPDX-License-Identifier: Apache-2.0
// The most bytes a device moves: every work-item copies `vectors` vectors of its own, `rounds` times. Local size (1, 1, 1).
//   x, y  global size * vectors * VW words

__kernel void bench_stream(__global const uint *x, ulong x_offset, __global uint *y, ulong y_offset, int vectors,
                           int rounds) {
    const long first = (long)get_global_id(0) * vectors;
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < vectors; i++) STORE_VEC(LOAD_VEC(first + i, x + x_offset), first + i, y + y_offset);
}

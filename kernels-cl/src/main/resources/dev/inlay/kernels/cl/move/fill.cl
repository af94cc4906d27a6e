// SPDX-License-Identifier: Apache-2.0
// Sets `count` neighbouring elements. Global size: count rounded up.

#ifndef ELEMENT
#define ELEMENT float // type: of the elements
#endif

__kernel void move_fill(__global ELEMENT *y, ulong y_offset, int count, float value) {
    const int i = get_global_id(0);
    if (i < count) y[y_offset + i] = (ELEMENT)value;
}

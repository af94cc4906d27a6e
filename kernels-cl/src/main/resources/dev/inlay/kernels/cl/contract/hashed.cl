// SPDX-License-Identifier: Apache-2.0
// Contraction of hashed weights, classes cpu and gpu: convolution of one group, matrix product, fully connected.
//
// Chen et al., "Compressing Neural Networks with the Hashing Trick", ICML 2015: a weight is a number of `buckets`, with a
// sign; which, a hash of its place gives, and no index is read. A hash of output o, channel c, tap t is
// (start + o * output + c * channel + t * tap) mod PRIME, all four less than PRIME: one modulo the number of buckets is the
// place, another's lowest bit the sign. From one weight to the next it is an addition and at most a subtraction.
//
// One work-item computes NV vectors of channels of PIXELS pixels of a row, each weight being made once for them. Global
// size: (ceil(channels / (NV * VW)) rounded up, ceil(out_columns / PIXELS), out_rows * images). Strides count elements.
//   x        [image][row][column][channel], of which `depth` channels are read. Halo in memory; the offset is that of
//            what output (0, 0) reads first.
//   w        `buckets` numbers
//   bias     [channel], padded to whole work-items
//   r, y     [image][row][column][channel]; only the first `channels` are touched. r is read with RESIDUAL only.
//   act_a, act_b  parameters of FUNCTION

#ifndef VW
#define VW 8 // lanes: output channels of a vector
#endif
#ifndef NV
#define NV 2 // vectors: vectors of channels of a work-item
#endif
#ifndef PIXELS
#define PIXELS 4 // pixels: neighbouring pixels of a work-item
#endif
#define PRIME 16777213 // the greatest prime below 2^24
#define UNROLLED _Pragma("unroll")

static inline VEC(int) added(VEC(int) hash, int step) {
    const VEC(int) sum = hash + step;
    return sum - (PRIME & (sum >= PRIME));
}

static inline VEC(int) begun(int first, int start, int output) {
    int lanes[VW];
    for (int i = 0; i < VW; i++) lanes[i] = (int)(((ulong)(first + i) * (ulong)output + (ulong)start) % PRIME);
    return LOAD_VEC(0, lanes);
}

// The quotient in floats is off by at most one.
static inline VEC(float) weights(VEC(int) place, VEC(int) sign, __global const float *w, int buckets, float inverse) {
    VEC(int) at = place - CAT(convert_int, VW)(CAT(convert_float, VW)(place) * inverse) * buckets;
    at += buckets & (at < 0);
    at -= buckets & (at >= buckets);
    int places[VW];
    float lanes[VW];
    STORE_VEC(at, 0, places);
    UNROLLED for (int i = 0; i < VW; i++) lanes[i] = w[places[i]];
    return CAT(as_float, VW)(CAT(as_int, VW)(LOAD_VEC(0, lanes)) ^ (sign << 31));
}

__kernel void contract_hashed(__global const float *x, ulong x_offset, __global const float *w, ulong w_offset,
                              __global const float *bias, ulong bias_offset, __global const float *r, ulong r_offset,
                              __global float *y, ulong y_offset, int channels, int depth, int buckets, int place_start,
                              int place_output, int place_channel, int place_tap, int sign_start, int sign_output,
                              int sign_channel, int sign_tap, int out_columns, int out_rows, int x_image, int x_line,
                              int x_pixel, int tap_rows, int tap_cols, int tap_row, int tap_col, int y_image, int y_line,
                              int y_pixel, int r_image, int r_line, int r_pixel, float act_a, float act_b) {
    const int first = get_global_id(0) * (NV * VW), column = get_global_id(1) * PIXELS;
    const int row = get_global_id(2) % out_rows, image = get_global_id(2) / out_rows;
    if (first >= channels) return;
    __global const float *from = x + x_offset + (long)image * x_image + (long)row * x_line;
    __global const float *numbers = w + w_offset;
    const float inverse = 1.0f / (float)buckets;

    int pixel[PIXELS];
    VEC(float) sum[PIXELS][NV];
    UNROLLED for (int m = 0; m < PIXELS; m++) {
        // Past the end of the row the last pixel is computed once more.
        pixel[m] = min(column + m, out_columns - 1) * x_pixel;
        UNROLLED for (int n = 0; n < NV; n++) sum[m][n] = 0.0f;
    }
    VEC(int) place_of_tap[NV], sign_of_tap[NV];
    UNROLLED for (int n = 0; n < NV; n++) {
        place_of_tap[n] = begun(first + n * VW, place_start, place_output);
        sign_of_tap[n] = begun(first + n * VW, sign_start, sign_output);
    }
    for (int tr = 0; tr < tap_rows; tr++)
        for (int tc = 0; tc < tap_cols; tc++) {
            __global const float *xp = from + (long)tr * tap_row + (long)tc * tap_col;
            VEC(int) place[NV], sign[NV];
            UNROLLED for (int n = 0; n < NV; n++) {
                place[n] = place_of_tap[n];
                sign[n] = sign_of_tap[n];
                place_of_tap[n] = added(place_of_tap[n], place_tap);
                sign_of_tap[n] = added(sign_of_tap[n], sign_tap);
            }
            for (int c = 0; c < depth; c++)
                UNROLLED for (int n = 0; n < NV; n++) {
                    const VEC(float) weight = weights(place[n], sign[n], numbers, buckets, inverse);
                    UNROLLED for (int m = 0; m < PIXELS; m++)
                        sum[m][n] = multiply_add((VEC(float))(xp[pixel[m] + c]), weight, sum[m][n]);
                    place[n] = added(place[n], place_channel);
                    sign[n] = added(sign[n], sign_channel);
                }
        }

    const int end = min(NV * VW, channels - first);
    for (int m = 0; m < PIXELS && column + m < out_columns; m++) {
        float lanes[NV * VW];
        UNROLLED for (int n = 0; n < NV; n++)
            STORE_VEC(sum[m][n] + LOAD_VEC(n, bias + bias_offset + first), n, lanes);
        __global float *to =
            y + y_offset + (long)image * y_image + (long)row * y_line + (long)(column + m) * y_pixel + first;
        __global const float *beside =
            r + r_offset + (long)image * r_image + (long)row * r_line + (long)(column + m) * r_pixel + first;
        for (int i = 0; i < end; i++) to[i] = finished(lanes[i], beside, i, act_a, act_b);
    }
}

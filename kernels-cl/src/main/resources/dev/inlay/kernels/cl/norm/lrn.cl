// SPDX-License-Identifier: Apache-2.0
// Local response normalisation across channels of a channels-last image (Krizhevsky et al. 2012, section 3.3).
// Global size: (channels rounded up, columns, rows * images). Strides count elements.

__kernel void norm_lrn(__global const float *x, ulong x_offset, __global float *y, ulong y_offset,
                       int channels, int rows, int x_image, int x_line, int x_pixel,
                       int y_image, int y_line, int y_pixel, int size, float alpha, float beta, float bias) {
    const int channel = get_global_id(0), column = get_global_id(1);
    const int row = get_global_id(2) % rows, image = get_global_id(2) / rows;
    if (channel >= channels) return;
    __global const float *pixel = x + x_offset + (long)image * x_image + (long)row * x_line + (long)column * x_pixel;
    const int first = max(channel - (size - 1) / 2, 0), last = min(channel + size / 2, channels - 1);
    float squares = 0.0f;
    for (int i = first; i <= last; i++) squares = multiply_add(pixel[i], pixel[i], squares);
    y[y_offset + (long)image * y_image + (long)row * y_line + (long)column * y_pixel + channel] =
        pixel[channel] / pow(bias + alpha / (float)size * squares, beta);
}

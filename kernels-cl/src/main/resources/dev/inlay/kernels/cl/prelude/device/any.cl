// SPDX-License-Identifier: Apache-2.0
// Every device class: the vector type of kernels that wait for memory and have one form for all.

#ifndef VW
#define VW 8 // lanes: numbers that are coded at once, 8 or 16
#endif

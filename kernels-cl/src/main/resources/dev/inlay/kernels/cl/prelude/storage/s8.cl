// SPDX-License-Identifier: Apache-2.0
// Storage s8: four elements fill one 32-bit word, the first in the low byte; the code of zero is 0.

typedef char element_s8;
typedef int word_s8;       // four elements of the contracted axis
typedef VEC(int) words_s8; // the same word of VW channels
enum { elements_s8 = 4, quantised_s8 = 1 };

// p is a multiple of four bytes.
static inline words_s8 load_panel_s8(__global const char *p) { return LOAD_VEC(0, (__global const int *)p); }

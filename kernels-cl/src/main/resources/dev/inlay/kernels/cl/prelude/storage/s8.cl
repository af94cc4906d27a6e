// SPDX-License-Identifier: Apache-2.0
// Storage s8: four elements fill one 32-bit word, the first in the low byte; the code of zero is 0.

#define run_s8 4
#define words_s8 1
#define units_s8 4
#define bound_s8 128
#define quantised_s8 1
typedef char element_s8;
typedef char one_s8;
#define number_s8(p, i, table) ((float)(p)[i])

static inline VEC(int) level_s8(const VEC(uint) raw[], int e) { return field(raw[e / 4], 8, 8 * (e % 4)); }
static inline VEC(int) bytes_s8(const VEC(uint) raw[], int s) { return CAT(as_int, VW)(raw[s]); }
static inline VEC(float) real_s8(const VEC(uint) raw[], int e) { return CAT(convert_float, VW)(level_s8(raw, e)); }

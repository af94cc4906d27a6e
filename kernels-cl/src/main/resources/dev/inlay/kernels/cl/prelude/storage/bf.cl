// SPDX-License-Identifier: Apache-2.0
// Storage bf: BLOCK signed mantissas of a byte, the first in the low byte of the first word, then one word that holds
// their power of two as a float. The code of zero is mantissa 0.

#define run_bf BLOCK
#define words_bf (BLOCK / 4 + 1)
#define units_bf (BLOCK / 4 + 1)
#define quantised_bf 1
typedef uint element_bf;

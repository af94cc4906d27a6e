// SPDX-License-Identifier: Apache-2.0
// Circulant blocks: the length of the vectors that define them, and how vector registers hold one.

#ifndef BLOCK
#define BLOCK 8 // length of a vector
#endif
#ifndef VW
#define VW 8 // lanes: floats of a vector: 2, 4, 8, 16; half a block where that is fewer
#endif

#if 2 * VW > BLOCK
#undef VW
#if BLOCK == 4
#define VW 2
#elif BLOCK == 8
#define VW 4
#else
#define VW 8
#endif
#endif
#define WHOLE (BLOCK / VW) // vectors of a block
#define UNROLLED _Pragma("unroll")

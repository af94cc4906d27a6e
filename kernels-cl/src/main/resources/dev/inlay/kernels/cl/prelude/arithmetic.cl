// SPDX-License-Identifier: Apache-2.0
// What every program begins with: names put together from defines, the arithmetic of floats.

#define CAT_(a, b) a##b
#define CAT(a, b) CAT_(a, b)
#define VEC(type) CAT(type, VW)
#define LOAD_VEC CAT(vload, VW)
#define STORE_VEC CAT(vstore, VW)

#pragma OPENCL FP_CONTRACT OFF // a product and a sum that are written apart are rounded apart

// a * b + c for sums with a rounding bound: rounded once where that is as fast, twice elsewhere. Where the single
// rounding matters, write fma(). The host sets INLAY_NO_FMA for a device that reports no fused multiply-add: there fma()
// is hundreds of instructions.
#ifdef INLAY_NO_FMA
#define multiply_add(a, b, c) ((a) * (b) + (c))
#else
#define multiply_add(a, b, c) fma(a, b, c)
#endif

// SPDX-License-Identifier: Apache-2.0
// Device class fpga: the vector type every prelude builds on, and how kernels of one work-item hand tokens on to each
// other. On a board tokens pass channels (cl_intel_channels; Intel FPGA SDK for OpenCL Pro Edition, Programming Guide
// 22.4, section 5.4); elsewhere each channel is a buffer that holds the whole traffic of a launch, and the kernels run one
// after the other, producers first.
//
//   CHANNEL(T, c, depth)   declares channel c of tokens of type T, which holds at least `depth` of them on a board
//   CHANNEL_ARGUMENT(c)    parameter of a kernel that reads or writes c; FIRST_CHANNEL_ARGUMENT where no other is before
//   READ_CHANNEL_TO(v, c)  statement: takes the next token of c into v
//   WRITE_CHANNEL(c, v)    statement: appends v to c
//   TASK                   attributes of a kernel that is launched as one work-item
//   AUTORUN                attributes of one without other arguments, which starts with the board and never ends
//   FOREVER(c)             loop of such a kernel over what comes in c: elsewhere it ends with the tokens of c
//   IS_BROKEN(c)           whether c was read while empty or written while full: never on a board
//
// A channel has one kernel that reads and one that writes it, and no kernel waits for what comes after itself. A buffer
// begins with four words, tokens written and read so far, 1 if it was read while empty or written while full, and tokens
// that it holds less one, these being a power of two; the tokens begin at word 16.

#ifndef VW
#define VW 4 // lanes: neighbouring channels of one vector
#endif
#ifndef INLAY_HAS_CHANNELS
#define INLAY_HAS_CHANNELS 0 // 1: the compiler is that of a board, with channels
#endif

#if INLAY_HAS_CHANNELS
#pragma OPENCL EXTENSION cl_intel_channels : enable
#define TASK __attribute__((max_global_work_dim(0))) __attribute__((uses_global_work_offset(0)))
#define AUTORUN TASK __attribute__((autorun))
#define CHANNEL(T, c, tokens) channel T c __attribute__((depth(tokens)));
#define FIRST_CHANNEL_ARGUMENT(c)
#define CHANNEL_ARGUMENT(c)
#define READ_CHANNEL_TO(v, c) (v) = read_channel_intel(c)
#define WRITE_CHANNEL(c, v) write_channel_intel(c, v)
#define FOREVER(c) while (true)
#define IS_BROKEN(c) false
#else
#define TASK __attribute__((reqd_work_group_size(1, 1, 1)))
#define AUTORUN TASK
#define CHANNEL(T, c, tokens) typedef T token_of_##c;
#define FIRST_CHANNEL_ARGUMENT(c) __global uint *c
#define CHANNEL_ARGUMENT(c) , __global uint *c
#define TOKEN_OF(c, count) ((__global token_of_##c *)((c) + 16))[(count) & (c)[3]]
#define READ_CHANNEL_TO(v, c)                                                                                          \
    if ((c)[0] == (c)[1])                                                                                              \
        (c)[2] = 1;                                                                                                    \
    else                                                                                                               \
        (v) = TOKEN_OF(c, (c)[1]++)
#define WRITE_CHANNEL(c, v)                                                                                            \
    if ((c)[0] - (c)[1] > (c)[3])                                                                                      \
        (c)[2] = 1;                                                                                                    \
    else                                                                                                               \
        TOKEN_OF(c, (c)[0]++) = (v)
#define FOREVER(c) while ((c)[0] != (c)[1] && (c)[2] == 0)
#define IS_BROKEN(c) ((c)[2] != 0)
#endif

// SPDX-License-Identifier: Apache-2.0
// List of the runs that a panel of weights holds, the others being zero: `slices` + 1 places in the list where panels
// begin, then for each run of each panel where its activations are, in elements of x from the pixel's own.

#ifndef LISTED
#define LISTED 0 // 1: w holds only the runs that a list names
#endif

// Where the activations of run k are.
#if LISTED
#define X_AT(places, k) (places)[k]
#else
#define X_AT(places, k) ((k) * X_UNITS)
#endif

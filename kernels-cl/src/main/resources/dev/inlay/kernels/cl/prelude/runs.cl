// SPDX-License-Identifier: Apache-2.0
// Runs: what a contraction steps over. A run is RUN neighbouring elements of the contracted axis, the longer of the two
// operands' own runs; x holds it in X_WORDS and w in W_WORDS 32-bit words.
//
// Each storage F names, as macros:
//   run_F        elements of its run            words_F  32-bit words of its run
//   units_F      elements of its buffer a run   bound_F  the largest magnitude of a level of weights
//   quantised_F  1 if real value = scale * level
// each that may be weights gives of `raw`, the words of one run of VW channels:
//   level_F(raw, e)  the level of element e     bytes_F(raw, s)  levels 4 s to 4 s + 3 in signed bytes, the first lowest
//   real_F(raw, e)   the level as a float
// or, of the storages that contract.sparse takes:
//   number_F(p, i, table)  number i of a buffer of one_F, as a float
// or, where it names places in a table of entries_F numbers, find_F(found, raw, s, table): numbers 4 s to 4 s + 3, of the
// table_F that load_table_F(floats) gives;
// and each that may be an output store_F(v, p, channel, valid, range), see STORE_LANES.
//
// A carrier names the default formats and
//   accumulator, no_sum()      a sum of the whole contracted axis
//   partial, no_partial()      a sum of FOLD_RUNS runs; FOLD_RUNS 0: the accumulator itself
//   expanded, expand(w, raw, s)  the weights of step s of the STEPS of a run, made once for all pixels of a tile; with
//                              a fourth parameter, the table, where there is one
//   dot(part, a, w, s)         adds step s; a: STEP_WORDS words of x from word STEP_WORD(s) of the run
//   fold(sum, part, scale, power)  closes a partial sum; scale: of the block (FOLDS), power: the last word of x's run
//   bias_element, bias_vector, real_value(sum, bias, scale)

#ifndef FOLD
#define FOLD 0 // 1: sums of BLOCK elements are scaled by numbers of their own, `blocks`, and added as floats
#endif
#ifndef SPILL
#define SPILL 0 // 1: 64-bit sums (s16 and shift)
#endif

#define LONGER(a, b) ((a) > (b) ? (a) : (b))
#define RUN LONGER(CAT(run_, X_FORMAT), CAT(run_, W_FORMAT))
#define X_WORDS (RUN / CAT(run_, X_FORMAT) * CAT(words_, X_FORMAT))
#define X_UNITS (RUN / CAT(run_, X_FORMAT) * CAT(units_, X_FORMAT))
#define W_WORDS (RUN / CAT(run_, W_FORMAT) * CAT(words_, W_FORMAT))

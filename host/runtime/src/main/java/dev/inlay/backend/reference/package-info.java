// SPDX-License-Identifier: Apache-2.0
/**
 * The plain-Java meaning of every operator: the oracle that devices are judged by, and the device of a machine without
 * OpenCL. Floats are computed in double and rounded once; integers are exact.
 */
@NullMarked
package dev.inlay.backend.reference;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.inlay.kernels;

import org.jspecify.annotations.NullMarked;

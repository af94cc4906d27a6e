// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.inlay.tensor;

import org.jspecify.annotations.NullMarked;

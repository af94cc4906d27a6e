// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.inlay.samples;

import org.jspecify.annotations.NullMarked;

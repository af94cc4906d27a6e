// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.inlay.compiler;

import org.jspecify.annotations.NullMarked;

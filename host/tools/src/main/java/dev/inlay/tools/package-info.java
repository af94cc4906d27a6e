// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.inlay.tools;

import org.jspecify.annotations.NullMarked;

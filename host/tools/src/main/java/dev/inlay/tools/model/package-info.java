// SPDX-License-Identifier: Apache-2.0
/** Model files as the verbs open them. */
@NullMarked
package dev.inlay.tools.model;

import org.jspecify.annotations.NullMarked;

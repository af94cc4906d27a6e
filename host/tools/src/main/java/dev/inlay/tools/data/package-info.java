// SPDX-License-Identifier: Apache-2.0
/** Labelled data sets that accuracy is measured on. */
@NullMarked
package dev.inlay.tools.data;

import org.jspecify.annotations.NullMarked;

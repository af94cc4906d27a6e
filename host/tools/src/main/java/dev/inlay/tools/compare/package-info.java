// SPDX-License-Identifier: Apache-2.0
/**
 * Models, methods and devices side by side: what each combination gave, what follows from it, and a page that shows it.
 */
@NullMarked
package dev.inlay.tools.compare;

import org.jspecify.annotations.NullMarked;

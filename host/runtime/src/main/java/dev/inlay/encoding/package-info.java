// SPDX-License-Identifier: Apache-2.0
/** How weights are held in a device's memory: a record a form, each able to write its bytes from the graph's constants. */
@NullMarked
package dev.inlay.encoding;

import org.jspecify.annotations.NullMarked;

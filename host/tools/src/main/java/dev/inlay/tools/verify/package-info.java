// SPDX-License-Identifier: Apache-2.0
/** Where a device and an oracle part. */
@NullMarked
package dev.inlay.tools.verify;

import org.jspecify.annotations.NullMarked;

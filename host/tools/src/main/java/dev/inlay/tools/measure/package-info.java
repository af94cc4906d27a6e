// SPDX-License-Identifier: Apache-2.0
/** Measurements of a model on a device: accuracy, latency, throughput, and how far answers differ. */
@NullMarked
package dev.inlay.tools.measure;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** What answers are judged by: the plain-Java reference, and ONNX Runtime, which is also the rival in a bench. */
@NullMarked
package dev.inlay.tools.oracle;

import org.jspecify.annotations.NullMarked;

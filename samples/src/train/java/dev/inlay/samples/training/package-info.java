// SPDX-License-Identifier: Apache-2.0
/**
 * The code that trained the sample models: Fashion-MNIST in, plain ONNX out.
 *
 * <p>A {@link Network} is a list of {@link Layer}s. Each layer owns a block that DJL trains, and {@link OnnxExporter}
 * writes the same list as ONNX nodes, so a model is described once. {@link Train} is the program.
 */
@NullMarked
package dev.inlay.samples.training;

import org.jspecify.annotations.NullMarked;

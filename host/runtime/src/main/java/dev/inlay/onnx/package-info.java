// SPDX-License-Identifier: Apache-2.0
/**
 * Model files: {@link dev.inlay.onnx.OnnxReader} makes a {@link dev.inlay.graph.Graph} of an ONNX file,
 * {@link dev.inlay.onnx.OnnxWriter} an ONNX file of a graph.
 *
 * <p>Files are untrusted. Sizes and nesting are bounded before memory is taken, external data stays inside the model's
 * folder, and whatever is wrong with a file comes out as a {@link dev.inlay.graph.GraphException} of one line.
 */
@NullMarked
package dev.inlay.onnx;

import org.jspecify.annotations.NullMarked;

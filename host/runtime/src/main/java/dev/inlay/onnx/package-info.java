// SPDX-License-Identifier: Apache-2.0
/**
 * Model files: {@link dev.inlay.onnx.OnnxReader} makes a {@link dev.inlay.graph.Graph} of an ONNX file,
 * {@link dev.inlay.onnx.OnnxWriter} an ONNX file of a graph.
 *
 * <p>A graph computes with the numbers that codes stand for, so quantised files lose their integers on the way in:
 * {@link dev.inlay.onnx.Codes} says what an integer value of a file is in the graph, weights become
 * {@link dev.inlay.encoding.Coded}. On the way out codes are ONNX's own operators where it has the levels, and
 * otherwise the functions that {@link dev.inlay.onnx.InlayFunction} lists.
 *
 * <p>Files are untrusted. Sizes and nesting are bounded before memory is taken, external data stays inside the model's
 * folder, and whatever is wrong with a file comes out as a {@link dev.inlay.graph.GraphException} of one line.
 */
@NullMarked
package dev.inlay.onnx;

import org.jspecify.annotations.NullMarked;

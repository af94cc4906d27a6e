// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

/**
 * A node of a model file that cannot be imported.
 *
 * @param node its name, or one made from its operator and position where the file gives none
 * @param op its operator as in the file, with the domain unless that is ONNX's own
 * @param why what was got and what is expected, in one line
 */
public record Unsupported(String node, String op, String why) {}

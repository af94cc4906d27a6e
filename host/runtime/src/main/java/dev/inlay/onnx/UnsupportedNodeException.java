// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

/** Thrown while one node is imported, when the node is legal ONNX that the graph cannot express. */
final class UnsupportedNodeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnsupportedNodeException(String why) {
        super(why);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

/** How a file says levels of fewer bits than the types of its codes have. */
public enum OddWidths {
    /** In ONNX's own operators and model-local functions, which every ONNX runtime computes. */
    ONNX,
    /** As QONNX's Quant and BipolarQuant where those have the levels, which only programs that know QONNX read. */
    QONNX
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.graph;

/**
 * Sums of products over a contracted axis. Inputs: 0 activations, 1 weights, 2 bias (optional), 3 residual (present
 * when the epilogue says so).
 */
public sealed interface Contraction extends Op {
    Epilogue epilogue();

    Contraction withEpilogue(Epilogue epilogue);

    /**
     * Convolution of an image {@code [N, C, H, W]} with weights {@code [M, C/groups, rows, columns]} and a bias
     * {@code [M]} to {@code [N, M, H', W']}.
     */
    record Conv(Window window, int groups, Epilogue epilogue) implements Contraction {
        @Override
        public Conv withEpilogue(Epilogue changed) {
            return new Conv(window, groups, changed);
        }
    }

    /**
     * {@code alpha A' B' + beta C} of matrices, where {@code '} transposes if asked; C broadcasts to the output.
     */
    record Gemm(float alpha, float beta, boolean transposeA, boolean transposeB, Epilogue epilogue)
            implements Contraction {
        @Override
        public Gemm withEpilogue(Epilogue changed) {
            return new Gemm(alpha, beta, transposeA, transposeB, changed);
        }
    }

    /** Product of the last two axes, the axes before them broadcast, as numpy's matmul. */
    record MatMul(Epilogue epilogue) implements Contraction {
        @Override
        public MatMul withEpilogue(Epilogue changed) {
            return new MatMul(changed);
        }
    }
}

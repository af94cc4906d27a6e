// SPDX-License-Identifier: Apache-2.0
package dev.inlay.graph;

/**
 * What a contraction does to its sums before it stores them: add the bias, add the residual, apply the activation.
 *
 * @param residual whether the node's input 3 is added, a value of the output's shape
 * @param activation the function applied last
 */
public record Epilogue(boolean residual, Function activation) {
    public static final Epilogue NONE = new Epilogue(false, Function.IDENTITY);

    public Epilogue withActivation(Function function) {
        return new Epilogue(residual, function);
    }

    public Epilogue withResidual() {
        return new Epilogue(true, activation);
    }
}

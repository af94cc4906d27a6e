// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.encoding.Encoded;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Moves of constants, done while importing; weights that are held as codes stay codes. */
final class MoveFolding {
    private MoveFolding() {}

    /** Any operator that keeps the elements' order. */
    static boolean reshaped(OnnxNode node, Function<OnnxNode, Shape> to) {
        Optional<Encoded> weights = node.scope().encoded(node.input(0));
        if (weights.isPresent()) {
            Shape shape = to.apply(node);
            weights.get()
                    .reshaped(shape)
                    .ifPresentOrElse(
                            moved -> node.scope().encoded(node.output(), moved),
                            () -> node.defineReshaped(node.input(0), shape));
            return true;
        }
        Optional<Tensor> tensor = node.constant(0);
        if (tensor.isEmpty()) {
            return false;
        }
        node.scope().constantLike(node.output(), tensor.get().reshaped(to.apply(node)), node.input(0));
        return true;
    }

    /** Axes of weights put into another order; those that are not codes are left to the graph. */
    static boolean transposed(OnnxNode node) {
        Scope scope = node.scope();
        Optional<Encoded> weights = scope.encoded(node.input(0));
        if (weights.isPresent()) {
            scope.spendCodes(Math.ceilDiv(weights.get().bits(), Byte.SIZE));
            Optional<Encoded> moved = weights.get().transposed(MoveImport.order(node));
            moved.ifPresent(held -> scope.encoded(node.output(), held));
            return moved.isPresent();
        }
        Optional<Tensor> tensor = node.constant(0);
        if (tensor.isEmpty() || scope.codeType(node.input(0)).isEmpty()) {
            return false;
        }
        Shape from = tensor.get().shape();
        List<Integer> order = MoveImport.order(node);
        Shape to = Shape.of(order.stream().mapToLong(from::extent).toArray());
        long[] strides = from.strides();
        long bytes = tensor.get().type().bytes();
        Tensor result = scope.allocateCodes(tensor.get().type(), to);
        for (long i = 0; i < to.elements(); i++) {
            long source = 0;
            long rest = i;
            for (int axis = to.rank() - 1; axis >= 0; axis--) {
                source += rest % to.extent(axis) * strides[order.get(axis)];
                rest /= to.extent(axis);
            }
            MemorySegment.copy(tensor.get().data(), source * bytes, result.data(), i * bytes, bytes);
        }
        scope.constantLike(node.output(), result, node.input(0));
        return true;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/** What a node reads, by position; a position past the end is absent. */
record Operands(List<Optional<Tensor>> tensors) {
    Optional<Tensor> find(int position) {
        return position < tensors.size() ? tensors.get(position) : Optional.empty();
    }

    /**
     * @throws IllegalArgumentException if the input is absent
     */
    Tensor at(int position) {
        return find(position)
                .orElseThrow(() -> new IllegalArgumentException("got no input " + position + ", expected it"));
    }

    /**
     * @throws IllegalArgumentException if the input is absent or of another type
     */
    Tensor at(int position, ElementType type) {
        return requireType(position, at(position), type);
    }

    /**
     * @throws IllegalArgumentException if the input is of another type
     */
    Optional<Tensor> find(int position, ElementType type) {
        return find(position).map(tensor -> requireType(position, tensor, type));
    }

    private static Tensor requireType(int position, Tensor tensor, ElementType type) {
        if (tensor.type() != type) {
            throw new IllegalArgumentException(
                    "got input " + position + " of type " + tensor.type() + ", expected " + type);
        }
        return tensor;
    }
}

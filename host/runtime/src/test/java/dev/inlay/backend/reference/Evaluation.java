// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import dev.inlay.graph.Graph;
import dev.inlay.graph.Op;
import dev.inlay.graph.Value;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Runs one operator as a graph of its own, and makes tensors for it. */
final class Evaluation {
    private Evaluation() {}

    static Tensor run(Op op, Tensor... inputs) {
        List<Optional<Tensor>> list = new ArrayList<>();
        for (Tensor input : inputs) {
            list.add(Optional.of(input));
        }
        return run(op, list);
    }

    static Tensor run(Op op, List<Optional<Tensor>> inputs) {
        Graph.Builder builder = Graph.builder("one");
        Map<String, Tensor> feeds = new HashMap<>();
        List<String> names = new ArrayList<>();
        for (Optional<Tensor> input : inputs) {
            if (input.isEmpty()) {
                names.add("");
                continue;
            }
            String name = "i" + names.size();
            Tensor tensor = input.orElseThrow();
            builder.input(new Value(name, tensor.type(), tensor.shape()));
            feeds.put(name, tensor);
            names.add(name);
        }
        Graph graph = builder.node("node", op, names, "y").output("y").build();
        return new GraphInterpreter(graph).run(feeds).getOrDefault("y", Tensor.of(Shape.of(0), new float[0]));
    }

    static Tensor integers(ElementType type, Shape shape, long... values) {
        Tensor tensor = Tensor.allocate(type, shape);
        if (values.length != tensor.elements()) {
            throw new IllegalArgumentException("got " + values.length + " values, expected " + tensor.elements());
        }
        for (int i = 0; i < values.length; i++) {
            tensor.setLong(i, values[i]);
        }
        return tensor;
    }

    static Tensor doubles(Shape shape, double... values) {
        Tensor tensor = Tensor.allocate(ElementType.FLOAT64, shape);
        for (int i = 0; i < values.length; i++) {
            tensor.set(i, values[i]);
        }
        return tensor;
    }

    static Tensor random(Random random, long... extents) {
        Tensor tensor = Tensor.allocate(ElementType.FLOAT32, Shape.of(extents));
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.set(i, random.nextGaussian());
        }
        return tensor;
    }

    static Tensor randomIntegers(Random random, ElementType type, int low, int high, long... extents) {
        Tensor tensor = Tensor.allocate(type, Shape.of(extents));
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.setLong(i, random.nextInt(low, high + 1));
        }
        return tensor;
    }
}

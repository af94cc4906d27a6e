// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import dev.inlay.graph.Graph;
import dev.inlay.graph.Node;
import dev.inlay.graph.Op;
import dev.inlay.graph.Value;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One operator on seeded random data.
 *
 * @param name what is special about it
 * @param graph a graph of one node named {@code it}, or of a few for what shows only between nodes
 * @param inputs its inputs, none of them zero
 * @param small whether a simulator gets it too
 */
record OperatorCase(String name, Graph graph, Map<String, Tensor> inputs, boolean small) {
    /** A case of one node: {@code computed} shapes become graph inputs, {@code constants} follow them. */
    static OperatorCase of(String name, Op op, List<Shape> computed, List<Shape> constants) {
        Random random = new Random(name.hashCode());
        Graph.Builder builder = Graph.builder(name);
        List<String> inputs = new ArrayList<>();
        Map<String, Tensor> data = new LinkedHashMap<>();
        for (Shape shape : computed) {
            String input = "x" + inputs.size();
            inputs.add(input);
            builder.input(new Value(input, ElementType.FLOAT32, shape));
            data.put(input, random(random, shape));
        }
        for (Shape shape : constants) {
            String input = "c" + inputs.size();
            inputs.add(input);
            builder.constant(input, random(random, shape));
        }
        builder.node(new Node("it", op, inputs, List.of("y"))).output("y");
        return finished(name, builder.build(), data);
    }

    static OperatorCase finished(String name, Graph graph, Map<String, Tensor> inputs) {
        long elements = inputs.values().stream().mapToLong(Tensor::elements).sum() + graph.parameters();
        return new OperatorCase(name, graph, inputs, elements < 3_000);
    }

    /** Values between -2 and 2, at least 0.05 away from zero. */
    static Tensor random(Random random, Shape shape) {
        Tensor tensor = Tensor.allocate(ElementType.FLOAT32, shape);
        for (long i = 0; i < tensor.elements(); i++) {
            double magnitude = 0.05 + 1.95 * random.nextDouble();
            tensor.set(i, random.nextBoolean() ? magnitude : -magnitude);
        }
        return tensor;
    }

    @Override
    public String toString() {
        return name;
    }
}

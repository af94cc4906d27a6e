// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import dev.inlay.graph.Graph;
import dev.inlay.graph.Value;
import dev.inlay.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Inputs drawn from a seed: one seed gives one set of inputs on every machine. */
public final class RandomInputs {
    private RandomInputs() {}

    /** A tensor for every input of a graph that {@code given} lacks, and those of {@code given}. */
    public static Map<String, Tensor> complete(Graph graph, Map<String, Tensor> given, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Tensor> inputs = new LinkedHashMap<>(given);
        for (Value value : graph.inputs()) {
            SplittableRandom own = random.split();
            inputs.computeIfAbsent(value.name(), name -> draw(value, own));
        }
        return inputs;
    }

    /** Floats from -1 to 1, bytes over their range, booleans, other integers 0 or 1, which suit most index inputs. */
    private static Tensor draw(Value value, SplittableRandom random) {
        Tensor tensor = Tensor.allocate(value.type(), value.shape());
        for (long i = 0; i < tensor.elements(); i++) {
            switch (value.type()) {
                case FLOAT32, FLOAT64 -> tensor.set(i, random.nextDouble() * 2 - 1);
                case INT8 -> tensor.set(i, random.nextInt(-128, 128));
                case UINT8 -> tensor.set(i, random.nextInt(256));
                case INT32, INT64, BOOL -> tensor.set(i, random.nextInt(2));
            }
        }
        return tensor;
    }
}

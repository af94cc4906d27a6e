// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import dev.inlay.Session;
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Value;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import dev.inlay.tools.data.LabelledImages;
import java.util.Map;
import java.util.function.LongConsumer;

/** A model that names the class of an image: FLOAT32 {@code [batch, 1, rows, columns]} to {@code [batch, classes]}. */
public final class Classifier {
    private final Value input;
    private final Value output;

    private Classifier(Value input, Value output) {
        this.input = input;
        this.output = output;
    }

    /**
     * Checks that a graph classifies the images of a data set.
     *
     * @throws GraphException if its inputs or outputs do not fit
     */
    public static Classifier of(Graph graph, LabelledImages images) {
        if (graph.inputs().size() != 1 || graph.outputs().isEmpty()) {
            throw new GraphException("graph " + graph.name() + ": got "
                    + graph.inputs().size() + " inputs, expected one input and an output of scores");
        }
        Value input = graph.inputs().getFirst();
        Shape shape = input.shape();
        Shape wanted = Shape.of(shape.rank() == 0 ? 1 : shape.extent(0), 1, images.rows(), images.columns());
        if (input.type() != ElementType.FLOAT32 || !shape.equals(wanted)) {
            throw new GraphException("input \"" + input.name() + "\": got " + input.type() + " " + shape
                    + ", expected FLOAT32 " + wanted + " for " + images.name());
        }
        Value output = graph.outputs().getFirst();
        Shape scores = Shape.of(shape.extent(0), images.classes().size());
        if (!output.shape().equals(scores)) {
            throw new GraphException("output \"" + output.name() + "\": got " + output.shape() + ", expected " + scores
                    + " for the classes of " + images.name());
        }
        return new Classifier(input, output);
    }

    /** Images that one run takes. */
    public int batch() {
        return input.shape().size(0);
    }

    /** The inputs of one run over images from {@code from}. */
    public Map<String, Tensor> inputs(LabelledImages images, int from) {
        return Map.of(input.name(), images.batch(from, batch()));
    }

    /**
     * The class of every image.
     *
     * @param latencies takes the time of each run
     * @param done told of the images done after each run
     */
    public int[] classify(Session session, LabelledImages images, Latencies latencies, LongConsumer done) {
        int[] classes = new int[images.size()];
        for (int from = 0; from < classes.length; from += batch()) {
            Map<String, Tensor> inputs = inputs(images, from);
            Tensor[] scores = new Tensor[1];
            latencies.time(() -> scores[0] = session.run(inputs).get(output.name()));
            int count = Math.min(batch(), classes.length - from);
            for (int i = 0; i < count; i++) {
                classes[from + i] = largest(scores[0], i);
            }
            done.accept(count);
        }
        return classes;
    }

    /** Part of the images whose class is their label, 0 to 1. */
    public static double top1(int[] classes, LabelledImages images) {
        int right = 0;
        for (int i = 0; i < classes.length; i++) {
            right += classes[i] == images.label(i) ? 1 : 0;
        }
        return (double) right / classes.length;
    }

    private static int largest(Tensor scores, int row) {
        int columns = scores.shape().size(1);
        int best = 0;
        for (int column = 1; column < columns; column++) {
            if (scores.getFloat((long) row * columns + column) > scores.getFloat((long) row * columns + best)) {
                best = column;
            }
        }
        return best;
    }
}

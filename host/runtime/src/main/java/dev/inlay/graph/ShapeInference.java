// SPDX-License-Identifier: Apache-2.0
package dev.inlay.graph;

import dev.inlay.encoding.Quantizer;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/** The type and shape of what a node defines, by the rules of ONNX. */
public final class ShapeInference {
    private final Node node;
    private final Function<String, Value> values;

    private ShapeInference(Node node, Function<String, Value> values) {
        this.node = node;
        this.values = values;
    }

    /**
     * The values a node defines.
     *
     * @param values the value of each name the node reads
     * @throws GraphException if the inputs do not fit the operator
     */
    public static List<Value> outputs(Node node, Function<String, Value> values) {
        try {
            Value output = new ShapeInference(node, values).infer();
            return List.of(output.withQuantizer(node.quantizer().or(() -> kept(node, values))));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new GraphException(
                    "node \"" + node.name() + "\" (" + node.op().title() + "): " + e.getMessage(), e);
        }
    }

    /** The quantizer of an output whose numbers are all numbers of the inputs. */
    private static Optional<Quantizer> kept(Node node, Function<String, Value> values) {
        return switch (node.op()) {
            case Lanewise.Quantize quantize -> Optional.of(quantize.to());
            case Lanewise.Decode decode -> Optional.of(decode.by());
            case Pool.MaxPool pool -> uniform(node, values);
            case Move.Reshape reshape -> uniform(node, values);
            case Move.Transpose transpose -> uniform(node, values);
            case Move.Concat concat -> uniform(node, values);
            case Move.Pad pad -> uniform(node, values).filter(quantizer -> holds(quantizer, pad.value()));
            case Contraction op -> Optional.empty();
            case Lanewise op -> Optional.empty();
            case Pool op -> Optional.empty();
            case Normalization op -> Optional.empty();
            case Reduction op -> Optional.empty();
        };
    }

    /** The quantizer that all inputs share, if its numbers do not depend on their neighbours. */
    private static Optional<Quantizer> uniform(Node node, Function<String, Value> values) {
        Optional<Quantizer> first = values.apply(node.input(0)).quantizer();
        return first.filter(quantizer -> quantizer instanceof Quantizer.Uniform
                && node.inputs().stream()
                        .allMatch(input -> values.apply(input).quantizer().equals(first)));
    }

    /** Whether a number is one that a quantizer gives. */
    private static boolean holds(Quantizer quantizer, float number) {
        return quantizer instanceof Quantizer.Uniform uniform && uniform.real(uniform.code(number)) == number;
    }

    private Value infer() {
        return switch (node.op()) {
            case Contraction.Conv conv -> output(conv(conv));
            case Contraction.Gemm gemm -> output(gemm(gemm));
            case Contraction.MatMul matMul -> output(matMul(matMul));
            case Lanewise.Unary unary -> output(shape(0));
            case Lanewise.Binary binary -> output(Shape.broadcast(shape(0), shape(1)));
            case Lanewise.PRelu pRelu -> output(Shape.broadcast(shape(0), shape(1)));
            case Lanewise.Cast cast -> new Value(node.output(), cast.to(), shape(0));
            case Lanewise.Quantize quantize -> output(shape(0));
            case Lanewise.Encode encode -> new Value(node.output(), encode.codes(), shape(0));
            case Lanewise.Decode decode -> new Value(node.output(), ElementType.FLOAT32, shape(0));
            case Pool pool -> output(pool(pool));
            case Normalization.BatchNormalization batch -> output(batchNormalization());
            case Normalization.Lrn lrn -> output(rank(shape(0), 4));
            case Normalization.Softmax softmax -> output(axis(softmax.axis()));
            case Reduction.Reduce reduce -> output(reduced(reduce.axes(), reduce.keep()));
            case Reduction.ArgMax argMax ->
                new Value(node.output(), ElementType.INT64, reduced(List.of(argMax.axis()), argMax.keep()));
            case Move.Reshape reshape -> output(reshape(reshape.to()));
            case Move.Transpose transpose -> output(transpose(transpose.order()));
            case Move.Concat concat -> output(concat(concat.axis()));
            case Move.Pad pad -> output(pad(pad));
        };
    }

    private Value output(Shape shape) {
        return new Value(node.output(), values.apply(node.input(0)).type(), shape);
    }

    private Shape shape(int input) {
        if (!node.hasInput(input)) {
            throw new IllegalArgumentException("got no input " + input + ", expected it");
        }
        return values.apply(node.input(input)).shape();
    }

    private static Shape rank(Shape shape, int rank) {
        require(shape.rank() == rank, "got an input of shape " + shape + ", expected rank " + rank);
        return shape;
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    private Shape conv(Contraction.Conv conv) {
        Shape x = rank(shape(0), 4);
        Shape w = rank(shape(1), 4);
        Window window = conv.window();
        require(
                w.extent(2) == window.rows() && w.extent(3) == window.columns(),
                "got weights " + w + ", expected a window of " + window.rows() + "x" + window.columns());
        int groups = conv.groups();
        require(
                groups >= 1 && w.extent(0) % groups == 0 && x.extent(1) == w.extent(1) * groups,
                "got " + x.extent(1) + " channels, weights " + w + " and " + groups
                        + " groups, expected channels = groups x " + w.extent(1) + " and outputs divisible by groups");
        Shape y = Shape.of(
                x.extent(0),
                w.extent(0),
                window.outputRows(x.extent(2), false),
                window.outputColumns(x.extent(3), false));
        if (node.hasInput(2)) {
            Shape bias = shape(2);
            require(bias.elements() == w.extent(0), "got a bias of " + bias + ", expected " + w.extent(0));
        }
        return residual(conv.epilogue(), y);
    }

    private Shape residual(Epilogue epilogue, Shape y) {
        if (epilogue.residual()) {
            require(shape(3).equals(y), "got a residual of " + shape(3) + ", expected " + y);
        }
        return y;
    }

    private Shape gemm(Contraction.Gemm gemm) {
        Shape a = rank(shape(0), 2);
        Shape b = rank(shape(1), 2);
        long m = a.extent(gemm.transposeA() ? 1 : 0);
        long k = a.extent(gemm.transposeA() ? 0 : 1);
        long n = b.extent(gemm.transposeB() ? 0 : 1);
        require(
                k == b.extent(gemm.transposeB() ? 1 : 0),
                "got matrices " + a + " and " + b + ", expected equal contracted extents");
        Shape y = Shape.of(m, n);
        if (node.hasInput(2)) {
            require(Shape.broadcast(y, shape(2)).equals(y), "got a bias of " + shape(2) + ", expected one for " + y);
        }
        return residual(gemm.epilogue(), y);
    }

    private Shape matMul(Contraction.MatMul matMul) {
        Shape a = shape(0);
        Shape b = shape(1);
        require(a.rank() >= 1 && b.rank() >= 1, "got matrices " + a + " and " + b + ", expected rank >= 1");
        Shape left = a.rank() == 1 ? Shape.of(1, a.extent(0)) : a;
        Shape right = b.rank() == 1 ? Shape.of(b.extent(0), 1) : b;
        require(
                left.extent(-1) == right.extent(-2),
                "got matrices " + a + " and " + b + ", expected equal contracted extents");
        long[] outer = Shape.broadcast(prefix(left), prefix(right)).toArray();
        long[] extents = Arrays.copyOf(outer, outer.length + 2);
        int rank = outer.length;
        extents[rank] = left.extent(-2);
        extents[rank + 1] = right.extent(-1);
        if (b.rank() == 1) {
            extents = Arrays.copyOf(extents, rank + 1);
        }
        if (a.rank() == 1) {
            System.arraycopy(extents, rank + 1, extents, rank, extents.length - rank - 1);
            extents = Arrays.copyOf(extents, extents.length - 1);
        }
        Shape y = Shape.of(extents);
        if (node.hasInput(2)) {
            require(Shape.broadcast(y, shape(2)).equals(y), "got a bias of " + shape(2) + ", expected one for " + y);
        }
        return residual(matMul.epilogue(), y);
    }

    private static Shape prefix(Shape shape) {
        return Shape.of(Arrays.copyOf(shape.toArray(), shape.rank() - 2));
    }

    private Shape pool(Pool pool) {
        Shape x = rank(shape(0), 4);
        return Shape.of(
                x.extent(0),
                x.extent(1),
                pool.window().outputRows(x.extent(2), pool.ceil()),
                pool.window().outputColumns(x.extent(3), pool.ceil()));
    }

    private Shape batchNormalization() {
        Shape x = shape(0);
        require(x.rank() >= 2, "got an input of shape " + x + ", expected rank >= 2");
        for (int input = 1; input <= 4; input++) {
            require(
                    shape(input).elements() == x.extent(1),
                    "got input " + input + " of shape " + shape(input) + ", expected " + x.extent(1));
        }
        return x;
    }

    private Shape axis(int axis) {
        Shape x = shape(0);
        x.normalise(axis);
        return x;
    }

    private Shape reduced(List<Integer> axes, boolean keep) {
        Shape x = shape(0);
        TreeSet<Integer> folded = new TreeSet<>();
        axes.forEach(axis -> folded.add(x.normalise(axis)));
        long[] extents = new long[keep ? x.rank() : x.rank() - folded.size()];
        int next = 0;
        for (int axis = 0; axis < x.rank(); axis++) {
            if (!folded.contains(axis)) {
                extents[next++] = x.extent(axis);
            } else if (keep) {
                extents[next++] = 1;
            }
        }
        return Shape.of(extents);
    }

    private Shape reshape(Shape to) {
        Shape x = shape(0);
        require(
                x.elements() == to.elements(),
                "got " + x.elements() + " elements (" + x + "), expected " + to.elements() + " (" + to + ")");
        return to;
    }

    private Shape transpose(List<Integer> order) {
        Shape x = shape(0);
        require(
                order.size() == x.rank() && new TreeSet<>(order).size() == x.rank(),
                "got the order " + order + ", expected a permutation of " + x.rank() + " axes");
        return Shape.of(order.stream().mapToLong(x::extent).toArray());
    }

    private Shape concat(int axis) {
        Shape first = shape(0);
        long sum = 0;
        for (int input = 0; input < node.inputs().size(); input++) {
            Shape next = shape(input);
            require(
                    next.rank() == first.rank() && next.with(axis, 1).equals(first.with(axis, 1)),
                    "got inputs " + first + " and " + next + ", expected them to differ in axis " + axis + " only");
            sum += next.extent(axis);
        }
        return first.with(axis, sum);
    }

    private Shape pad(Move.Pad pad) {
        Shape x = shape(0);
        require(
                pad.before().size() == x.rank() && pad.after().size() == x.rank(),
                "got pads for " + pad.before().size() + " axes, expected " + x.rank());
        long[] extents = x.toArray();
        for (int axis = 0; axis < extents.length; axis++) {
            extents[axis] += (long) pad.before().get(axis) + pad.after().get(axis);
        }
        return Shape.of(extents);
    }
}

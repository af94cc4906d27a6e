// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * The arithmetic that models do on shapes, done while importing. Each method defines the node's output as a constant and
 * returns true, or returns false where something is known only at run time.
 */
final class Folding {
    private Folding() {}

    static boolean constant(OnnxNode node) {
        Attributes attributes = node.attributes();
        Optional<TensorProto> tensor = attributes.tensor("value");
        Optional<List<Long>> integers = attributes.integer("value_int").map(List::of);
        Optional<List<Long>> vector = attributes.integers("value_ints");
        Optional<List<Float>> numbers = attributes.numbers("value_floats");
        if (tensor.isPresent()) {
            Optional<CodeType> type = CodeType.of(tensor.get().getDataType()).filter(CodeType::isWidened);
            TensorReader tensors = node.scope().tensors();
            if (type.isPresent()) {
                Tensor widened = tensors.read("attribute value", tensor.get(), type.get());
                node.scope().widened(node.output(), widened, type.get());
            } else {
                node.define(tensors.read("attribute value", tensor.get()));
            }
        } else if (integers.isPresent() || vector.isPresent()) {
            long[] values = vector.or(() -> integers).get().stream()
                    .mapToLong(Long::longValue)
                    .toArray();
            node.define(Tensor.of(vector.isPresent() ? Shape.of(values.length) : Shape.SCALAR, values));
        } else if (attributes.has("value_float")) {
            node.define(Tensor.of(Shape.SCALAR, attributes.number("value_float", 0)));
        } else if (numbers.isPresent()) {
            Tensor values = node.scope()
                    .allocate(ElementType.FLOAT32, Shape.of(numbers.get().size()));
            for (int i = 0; i < numbers.get().size(); i++) {
                values.set(i, numbers.get().get(i));
            }
            node.define(values);
        } else {
            throw node.unsupported("got attributes " + attributes.unread()
                    + ", expected value, value_int, value_ints, value_float or value_floats");
        }
        return true;
    }

    static boolean constantOfShape(OnnxNode node) {
        Optional<TensorProto> value = node.attributes().tensor("value");
        Optional<long[]> extents = node.integers(0, "shape");
        Tensor filling = value.map(proto -> node.scope().tensors().read("attribute value", proto))
                .orElseGet(() -> Tensor.of(Shape.SCALAR, 0f));
        if (filling.elements() != 1) {
            throw new IllegalArgumentException("got a value of shape " + filling.shape() + ", expected one element");
        }
        Shape shape = Limits.shape(
                "shape", extents.orElseThrow(() -> new IllegalArgumentException("got no shape, expected it")));
        node.define(gathered(node, filling, shape, index -> 0));
        return true;
    }

    static boolean shape(OnnxNode node) {
        int rank = node.shape(0).rank();
        int start = clamp(node.attributes().integer("start").orElse(0L), rank);
        int end = clamp(node.attributes().integer("end").orElse((long) rank), rank);
        long[] extents = Arrays.copyOfRange(node.shape(0).toArray(), Math.min(start, end), end);
        node.define(Tensor.of(Shape.of(extents.length), extents));
        return true;
    }

    private static int clamp(long position, int rank) {
        return Math.clamp(position < 0 ? position + rank : position, 0, rank);
    }

    static boolean size(OnnxNode node) {
        node.define(Tensor.of(Shape.SCALAR, node.shape(0).elements()));
        return true;
    }

    static boolean cast(OnnxNode node) {
        Optional<Tensor> tensor = small(node, 0);
        if (tensor.isEmpty()) {
            return false;
        }
        ElementType to = LanewiseImport.castTarget(node);
        Tensor from = tensor.get();
        Tensor result = node.scope().allocate(to, from.shape());
        for (long i = 0; i < from.elements(); i++) {
            if (to == ElementType.BOOL) {
                boolean set = from.type().isFloating() ? from.getFloat(i) != 0 : from.getLong(i) != 0;
                result.setLong(i, set ? 1 : 0);
            } else if (to.isFloating()) {
                result.set(i, from.type() == ElementType.INT64 ? (double) from.getLong(i) : from.getFloat(i));
            } else {
                result.setLong(i, from.getLong(i));
            }
        }
        node.define(result);
        return true;
    }

    static boolean concat(OnnxNode node) {
        List<Tensor> parts = new ArrayList<>();
        for (int position = 0; position < node.inputs(); position++) {
            Optional<Tensor> part = small(node, position);
            if (part.isEmpty()) {
                return false;
            }
            parts.add(part.get());
        }
        node.requireSameTypes();
        int axis = MoveImport.concatAxis(node);
        Shape first = parts.getFirst().shape();
        long sum = 0;
        for (Tensor part : parts) {
            if (part.shape().rank() != first.rank()
                    || !part.shape().with(axis, 1).equals(first.with(axis, 1))) {
                throw new IllegalArgumentException("got inputs " + first + " and " + part.shape()
                        + ", expected them to differ in axis " + axis + " only");
            }
            sum += part.shape().extent(axis);
        }
        Tensor result = node.scope()
                .allocate(
                        parts.getFirst().type(),
                        Limits.shape("output", first.with(axis, sum).toArray()));
        long rows = first.elements(0, axis);
        long to = 0;
        for (long row = 0; row < rows; row++) {
            for (Tensor part : parts) {
                long bytes = part.data().byteSize() / rows;
                MemorySegment.copy(part.data(), row * bytes, result.data(), to, bytes);
                to += bytes;
            }
        }
        node.define(result);
        return true;
    }

    static boolean gather(OnnxNode node) {
        Optional<Tensor> data = node.constant(0);
        Optional<Tensor> indices = small(node, 1);
        if (data.isEmpty() || indices.isEmpty()) {
            return false;
        }
        Shape from = data.get().shape();
        int axis = from.normalise(node.attributes().integer("axis", 0, -Limits.RANK, Limits.RANK));
        long extent = from.extent(axis);
        long[] rows = indices.get().toLongs();
        for (int i = 0; i < rows.length; i++) {
            if (rows[i] < -extent || rows[i] >= extent) {
                throw new IllegalArgumentException(
                        "got index " + rows[i] + ", expected " + -extent + " to " + (extent - 1));
            }
            rows[i] += rows[i] < 0 ? extent : 0;
        }
        long[] extents = new long[from.rank() - 1 + indices.get().shape().rank()];
        System.arraycopy(from.toArray(), 0, extents, 0, axis);
        System.arraycopy(
                indices.get().shape().toArray(),
                0,
                extents,
                axis,
                indices.get().shape().rank());
        System.arraycopy(
                from.toArray(), axis + 1, extents, axis + indices.get().shape().rank(), from.rank() - axis - 1);
        long inner = from.elements(axis + 1, from.rank());
        node.define(gathered(node, data.get(), Limits.shape("output", extents), index -> {
            long row = index / inner;
            return (row / rows.length * extent + rows[(int) (row % rows.length)]) * inner + index % inner;
        }));
        return true;
    }

    static boolean slice(OnnxNode node) {
        Optional<Tensor> data = node.constant(0);
        if (data.isEmpty()) {
            return false;
        }
        Shape from = data.get().shape();
        long[] starts = node.integers("starts", 1, 10)
                .orElseThrow(() -> new IllegalArgumentException("got no starts, expected them"));
        long[] ends = node.integers("ends", 2, 10)
                .orElseThrow(() -> new IllegalArgumentException("got no ends, expected them"));
        Optional<long[]> axes = node.integers("axes", 3, 10);
        long[] steps =
                node.opset() < 10 ? new long[0] : node.integers(4, "steps").orElse(new long[0]);
        int count = starts.length;
        if (ends.length != count
                || count > from.rank()
                || (axes.isPresent() && axes.get().length != count)
                || (steps.length != 0 && steps.length != count)) {
            throw new IllegalArgumentException("got " + count + " starts and " + ends.length
                    + " ends, expected as many of each, of axes and of steps, at most " + from.rank());
        }
        long[] first = new long[from.rank()];
        long[] step = new long[from.rank()];
        Arrays.fill(step, 1);
        long[] extents = from.toArray();
        for (int i = 0; i < count; i++) {
            int axis = from.normalise(axes.isPresent() ? Math.toIntExact(axes.get()[i]) : i);
            long extent = from.extent(axis);
            long stride = steps.length == 0 ? 1 : steps[i];
            if (stride == 0 || stride == Long.MIN_VALUE) {
                throw new IllegalArgumentException("got a step of " + stride + ", expected another");
            }
            boolean forward = stride > 0;
            long begin = Math.clamp(fromEnd(starts[i], extent), forward ? 0 : -1, forward ? extent : extent - 1);
            long end = Math.clamp(fromEnd(ends[i], extent), forward ? 0 : -1, forward ? extent : extent - 1);
            long span = forward ? end - begin : begin - end;
            extents[axis] = span <= 0 ? 0 : Math.ceilDiv(span, Math.abs(stride));
            first[axis] = begin;
            step[axis] = stride;
        }
        Shape to = Limits.shape("output", extents);
        long[] strides = from.strides();
        node.define(gathered(node, data.get(), to, index -> {
            long source = 0;
            long rest = index;
            for (int axis = to.rank() - 1; axis >= 0; axis--) {
                source += (first[axis] + rest % to.extent(axis) * step[axis]) * strides[axis];
                rest /= to.extent(axis);
            }
            return source;
        }));
        return true;
    }

    private static long fromEnd(long position, long extent) {
        return position < 0 ? position + extent : position;
    }

    static boolean expand(OnnxNode node) {
        Optional<Tensor> data = node.constant(0);
        if (data.isEmpty()) {
            return false;
        }
        long[] wanted =
                node.integers(1, "shape").orElseThrow(() -> new IllegalArgumentException("got no shape, expected it"));
        Shape from = data.get().shape();
        Shape to = Shape.broadcast(from, Limits.shape("shape", wanted));
        node.define(gathered(node, data.get(), to, index -> source(index, to, from)));
        return true;
    }

    static boolean range(OnnxNode node) {
        Optional<Tensor> start = small(node, 0);
        Optional<Tensor> limit = small(node, 1);
        Optional<Tensor> delta = small(node, 2);
        if (start.isEmpty()
                || limit.isEmpty()
                || delta.isEmpty()
                || node.type(0).isFloating()) {
            return false;
        }
        node.requireSameTypes();
        for (Tensor scalar : List.of(start.get(), limit.get(), delta.get())) {
            if (scalar.elements() != 1) {
                throw new IllegalArgumentException("got an input of shape " + scalar.shape() + ", expected a scalar");
            }
        }
        long from = start.get().getLong(0);
        long step = delta.get().getLong(0);
        if (step == 0) {
            throw new IllegalArgumentException("got a delta of 0, expected another");
        }
        long span = Math.subtractExact(limit.get().getLong(0), from);
        long count = Math.max(0, Math.ceilDiv(span, step));
        Tensor result = node.scope().allocate(node.type(0), Limits.shape("output", count));
        for (long i = 0; i < count; i++) {
            result.setLong(i, from + i * step);
        }
        node.define(result);
        return true;
    }

    /** Arithmetic on integers with broadcasting; floating-point numbers are left to the graph. */
    static boolean arithmetic(OnnxNode node, LongBinaryOperator operator) {
        return combined(node, operator, false);
    }

    /** A comparison of integers or truth values. */
    static boolean comparison(OnnxNode node, LongBinaryOperator operator) {
        return combined(node, operator, true);
    }

    private static boolean combined(OnnxNode node, LongBinaryOperator operator, boolean truth) {
        Optional<Tensor> result = small(node, 0);
        for (int position = 1; position < node.inputs() && result.isPresent(); position++) {
            Optional<Tensor> right = small(node, position);
            if (right.isEmpty()
                    || right.get().type().isFloating()
                    || result.get().type().isFloating()) {
                return false;
            }
            node.requireSameTypes();
            Tensor a = result.get();
            Tensor b = right.get();
            Shape to = Shape.broadcast(a.shape(), b.shape());
            Tensor sum = node.scope().allocate(truth ? ElementType.BOOL : a.type(), to);
            for (long i = 0; i < to.elements(); i++) {
                sum.setLong(
                        i,
                        operator.applyAsLong(a.getLong(source(i, to, a.shape())), b.getLong(source(i, to, b.shape()))));
            }
            result = Optional.of(sum);
        }
        if (result.isEmpty() || result.get().type().isFloating()) {
            return false;
        }
        node.define(result.get());
        return true;
    }

    static boolean where(OnnxNode node) {
        Optional<Tensor> condition = small(node, 0);
        Optional<Tensor> yes = small(node, 1);
        Optional<Tensor> no = small(node, 2);
        if (condition.isEmpty() || yes.isEmpty() || no.isEmpty()) {
            return false;
        }
        if (node.type(1) != node.type(2)) {
            throw new IllegalArgumentException(
                    "got inputs of " + node.type(1) + " and " + node.type(2) + ", expected one type");
        }
        Shape to = Shape.broadcast(
                Shape.broadcast(condition.get().shape(), yes.get().shape()),
                no.get().shape());
        Tensor result = node.scope().allocate(node.type(1), to);
        for (long i = 0; i < to.elements(); i++) {
            Tensor from = condition.get().getLong(source(i, to, condition.get().shape())) != 0 ? yes.get() : no.get();
            copyElement(from, source(i, to, from.shape()), result, i);
        }
        node.define(result);
        return true;
    }

    /** A fold of all elements of an integer vector. */
    static boolean reduceAll(OnnxNode node, LongBinaryOperator operator) {
        Optional<Tensor> tensor = small(node, 0);
        if (tensor.isEmpty()
                || tensor.get().type().isFloating()
                || tensor.get().shape().rank() != 1
                || tensor.get().elements() == 0
                || node.has(1)) {
            return false;
        }
        node.attributes().integers("axes", 1, 0, -1);
        node.attributes().flag("noop_with_empty_axes", false);
        long result = Arrays.stream(tensor.get().toLongs()).reduce(operator).getAsLong();
        boolean keep = node.attributes().flag("keepdims", true);
        Tensor scalar = node.scope().allocate(tensor.get().type(), keep ? Shape.of(1) : Shape.SCALAR);
        scalar.setLong(0, result);
        node.define(scalar);
        return true;
    }

    private static Optional<Tensor> small(OnnxNode node, int position) {
        return node.constant(position).filter(tensor -> tensor.elements() <= Limits.VECTOR);
    }

    private static Tensor gathered(OnnxNode node, Tensor from, Shape to, LongUnaryOperator source) {
        Tensor result = node.scope().allocate(from.type(), to);
        for (long i = 0; i < to.elements(); i++) {
            copyElement(from, source.applyAsLong(i), result, i);
        }
        return result;
    }

    private static void copyElement(Tensor from, long source, Tensor to, long target) {
        long bytes = from.type().bytes();
        MemorySegment.copy(from.data(), source * bytes, to.data(), target * bytes, bytes);
    }

    /** The row-major index in a broadcast input of the element at {@code index} of the output. */
    private static long source(long index, Shape to, Shape from) {
        long source = 0;
        long stride = 1;
        long rest = index;
        for (int axis = 1; axis <= from.rank(); axis++) {
            long position = rest % to.extent(-axis);
            source += from.extent(-axis) == 1 ? 0 : position * stride;
            stride *= from.extent(-axis);
            rest /= to.extent(-axis);
        }
        return source;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import ai.onnx.proto.OnnxMl.SparseTensorProto;
import dev.inlay.encoding.Floats;
import dev.inlay.encoding.Sparse;
import dev.inlay.graph.GraphException;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;

/** Constants of which a file holds only the numbers that are not zero. */
final class SparseInitializer {
    private SparseInitializer() {}

    /**
     * @throws GraphException if the numbers are no FLOAT32, or their places are not those of as many elements of the
     *     tensor in rising order
     */
    static void read(SparseTensorProto proto, Scope scope) {
        String name = proto.getValues().getName();
        String what = "sparse initializer \"" + name + "\"";
        Tensor values = scope.tensors().read(what, proto.getValues());
        Tensor indices = scope.tensors().read(what + ": indices", proto.getIndices());
        Shape shape = Limits.shape(
                what, proto.getDimsList().stream().mapToLong(Long::longValue).toArray());
        if (values.type() != ElementType.FLOAT32 || values.shape().rank() != 1) {
            throw new GraphException(
                    what + ": got values " + values.type() + " " + values.shape() + ", expected a vector of FLOAT32");
        }
        boolean linear = indices.shape().equals(values.shape());
        boolean axes = indices.shape().equals(Shape.of(values.elements(), shape.rank()));
        if (indices.type() != ElementType.INT64 || !(linear || axes)) {
            throw new GraphException(what + ": got indices " + indices.type() + " " + indices.shape()
                    + ", expected INT64 " + values.shape() + " or "
                    + Shape.of(values.elements(), shape.rank()));
        }
        Tensor dense = scope.allocateCodes(ElementType.FLOAT32, shape);
        long last = -1;
        for (long i = 0; i < values.elements(); i++) {
            long place = linear ? indices.getLong(i) : place(indices, i, shape);
            if (place <= last || place >= shape.elements()) {
                throw new GraphException(what + ": got the place " + place + " after " + last
                        + ", expected a greater one below " + shape.elements());
            }
            dense.set(place, values.getFloat(i));
            last = place;
        }
        scope.encoded(name, new Sparse(new Floats(dense)));
    }

    /** The row-major place of an element that is given by its index along every axis; -1 where one is out of range. */
    private static long place(Tensor indices, long element, Shape shape) {
        long place = 0;
        for (int axis = 0; axis < shape.rank(); axis++) {
            long index = indices.getLong(element * shape.rank() + axis);
            if (index < 0 || index >= shape.extent(axis)) {
                return -1;
            }
            place = place * shape.extent(axis) + index;
        }
        return place;
    }
}

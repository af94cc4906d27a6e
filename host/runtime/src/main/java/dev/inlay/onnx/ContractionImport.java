// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Move;
import dev.inlay.graph.Op;
import dev.inlay.graph.Pool;
import dev.inlay.graph.Window;
import dev.inlay.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Convolutions, matrix products and pools. An image of one axis is imported as one of a single row. */
final class ContractionImport {
    private ContractionImport() {}

    static void conv(OnnxNode node) {
        node.requireFloating();
        Spatial spatial = Spatial.of(node);
        Shape weights = node.shape(1);
        if (weights.rank() != node.shape(0).rank()) {
            throw new IllegalArgumentException(
                    "got weights " + weights + " for an input " + node.shape(0) + ", expected equal ranks");
        }
        int axes = spatial.axes();
        int[] kernel = new int[axes];
        for (int axis = 0; axis < axes; axis++) {
            kernel[axis] = weights.size(axis + 2);
        }
        int[] given = node.attributes().integers("kernel_shape", axes, 1, 1);
        for (int axis = 0; axis < axes && node.attributes().has("kernel_shape"); axis++) {
            if (given[axis] != kernel[axis]) {
                throw new IllegalArgumentException("got a kernel_shape of " + given[axis] + " in axis " + axis
                        + " and weights " + weights + ", expected them to agree");
            }
        }
        Window window = spatial.window(node, kernel);
        int groups = node.attributes().integer("group", 1, 1, Integer.MAX_VALUE);
        List<String> from = new ArrayList<>(node.inputs(3));
        from.set(0, spatial.image(node));
        if (axes == 1) {
            from.set(
                    1,
                    node.reshaped(
                            "weights",
                            node.input(1),
                            Shape.of(weights.extent(0), weights.extent(1), 1, weights.extent(2))));
        }
        spatial.define(node, new Contraction.Conv(window, groups, Epilogue.NONE), from);
    }

    static void gemm(OnnxNode node) {
        node.requireFloating();
        Attributes attributes = node.attributes();
        node.define(
                new Contraction.Gemm(
                        attributes.number("alpha", 1),
                        attributes.number("beta", 1),
                        attributes.flag("transA", false),
                        attributes.flag("transB", false),
                        Epilogue.NONE),
                node.inputs(3));
    }

    static void matMul(OnnxNode node) {
        node.requireFloating();
        node.define(new Contraction.MatMul(Epilogue.NONE), node.inputs(2));
    }

    static void maxPool(OnnxNode node) {
        node.requireFloating();
        node.attributes().integer("storage_order", 0, 0, 1);
        Spatial spatial = Spatial.of(node);
        Window window = spatial.pool(node);
        boolean ceil = spatial.ceil(node);
        spatial.define(node, new Pool.MaxPool(window, ceil), List.of(spatial.image(node)));
    }

    static void averagePool(OnnxNode node) {
        node.requireFloating();
        Spatial spatial = Spatial.of(node);
        Window window = spatial.pool(node);
        boolean ceil = spatial.ceil(node);
        boolean countPadding = node.attributes().flag("count_include_pad", false);
        spatial.define(node, new Pool.AveragePool(window, ceil, countPadding), List.of(spatial.image(node)));
    }

    static void globalAveragePool(OnnxNode node) {
        global(node, plane -> new Pool.AveragePool(plane, false, false));
    }

    static void globalMaxPool(OnnxNode node) {
        global(node, plane -> new Pool.MaxPool(plane, false));
    }

    private static void global(OnnxNode node, Function<Window, Pool> pool) {
        node.requireFloating();
        Shape x = node.shape(0);
        if (x.rank() < 3) {
            throw new IllegalArgumentException("got an input of shape " + x + ", expected rank >= 3");
        }
        if (x.rank() == 4) {
            node.define(pool.apply(Window.of(x.size(2), x.size(3))), List.of(node.input(0)));
            return;
        }
        long plane = x.elements(2, x.rank());
        String image = node.step(
                "image", new Move.Reshape(Shape.of(x.extent(0), x.extent(1), 1, plane)), List.of(node.input(0)));
        String pooled = node.step("pooled", pool.apply(Window.of(1, Math.toIntExact(plane))), List.of(image));
        long[] extents = new long[x.rank()];
        Arrays.fill(extents, 1);
        extents[0] = x.extent(0);
        extents[1] = x.extent(1);
        node.defineReshaped(pooled, Shape.of(extents));
    }

    /** The spatial axes of an image {@code [N, C, L]} or {@code [N, C, H, W]}. */
    private record Spatial(Shape image, int axes) {
        static Spatial of(OnnxNode node) {
            Shape image = node.shape(0);
            int axes = image.rank() - 2;
            if (axes != 1 && axes != 2) {
                throw node.unsupported("got an input of shape " + image + ", expected 1 or 2 spatial axes");
            }
            return new Spatial(image, axes);
        }

        String image(OnnxNode node) {
            return axes == 2
                    ? node.input(0)
                    : node.step(
                            "image",
                            new Move.Reshape(Shape.of(image.extent(0), image.extent(1), 1, image.extent(2))),
                            List.of(node.input(0)));
        }

        void define(OnnxNode node, Op op, List<String> from) {
            if (axes == 2) {
                node.define(op, from);
                return;
            }
            String rows = node.step("rows", op, from);
            Shape shape = node.scope().value(rows).shape();
            node.defineReshaped(rows, Shape.of(shape.extent(0), shape.extent(1), shape.extent(3)));
        }

        /** Whether the last window may be partial; the automatic paddings already say how many windows there are. */
        boolean ceil(OnnxNode node) {
            return node.attributes().flag("ceil_mode", false)
                    && node.attributes().text("auto_pad", "NOTSET").equals("NOTSET");
        }

        Window pool(OnnxNode node) {
            if (!node.attributes().has("kernel_shape")) {
                throw new IllegalArgumentException("got no attribute kernel_shape, expected it");
            }
            int[] kernel = node.attributes().integers("kernel_shape", axes, 1, 1);
            Window window = window(node, kernel);
            if (Math.max(window.top(), window.bottom()) >= window.reachRows()
                    || Math.max(window.left(), window.right()) >= window.reachColumns()) {
                throw new IllegalArgumentException("got pads " + window.top() + "," + window.left() + ","
                        + window.bottom() + "," + window.right() + ", expected less than the window's "
                        + window.reachRows() + "x" + window.reachColumns());
            }
            return window;
        }

        Window window(OnnxNode node, int[] kernel) {
            Attributes attributes = node.attributes();
            int[] strides = attributes.integers("strides", axes, 1, 1);
            int[] dilations = attributes.integers("dilations", axes, 1, 1);
            int[] pads = attributes.integers("pads", 2 * axes, 0, Integer.MIN_VALUE);
            String auto = attributes.text("auto_pad", "NOTSET");
            for (int pad : pads) {
                if (pad < 0) {
                    throw node.unsupported("got a pad of " + pad + ", expected >= 0");
                }
                if (pad > 0 && !auto.equals("NOTSET")) {
                    throw new IllegalArgumentException("got pads and auto_pad " + auto + ", expected one of them");
                }
            }
            switch (auto) {
                case "NOTSET", "VALID" -> {}
                case "SAME_UPPER", "SAME_LOWER" -> {
                    for (int axis = 0; axis < axes; axis++) {
                        long extent = image.extent(axis + 2);
                        long reach = (kernel[axis] - 1L) * dilations[axis] + 1;
                        long total =
                                Math.max(0, (Math.ceilDiv(extent, strides[axis]) - 1) * strides[axis] + reach - extent);
                        int before = Math.toIntExact(auto.equals("SAME_UPPER") ? total / 2 : total - total / 2);
                        pads[axis] = before;
                        pads[axis + axes] = Math.toIntExact(total - before);
                    }
                }
                default ->
                    throw new IllegalArgumentException(
                            "got auto_pad " + auto + ", expected NOTSET, SAME_UPPER, SAME_LOWER or VALID");
            }
            return axes == 2
                    ? new Window(
                            kernel[0],
                            kernel[1],
                            strides[0],
                            strides[1],
                            dilations[0],
                            dilations[1],
                            pads[0],
                            pads[1],
                            pads[2],
                            pads[3])
                    : new Window(1, kernel[0], 1, strides[0], 1, dilations[0], 0, pads[0], 0, pads[1]);
        }
    }
}

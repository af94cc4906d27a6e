// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import dev.inlay.graph.Pool;
import dev.inlay.graph.Window;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.stream.IntStream;

/** Windows over each channel of {@code [N, C, H, W]}. */
final class PoolReference {
    private PoolReference() {}

    /** From the sum of the taps inside the image and the number of those that count, to their mean. */
    @FunctionalInterface
    private interface Mean {
        double of(double sum, int counted);
    }

    static Tensor evaluate(Pool pool, Tensor x, Shape output) {
        return evaluate(pool, x, output, (sum, counted) -> sum / counted);
    }

    /** Means of whole levels of a scale, in the float steps of a device. */
    static Tensor scaled(Pool.AveragePool pool, Tensor levels, float scale, Shape output) {
        return evaluate(pool, levels, output, (sum, counted) -> {
            float real = (float) sum * scale;
            return real / counted;
        });
    }

    private static Tensor evaluate(Pool pool, Tensor x, Shape output, Mean mean) {
        Tensor result = Tensor.allocate(x.type(), output);
        if (pool instanceof Pool.AveragePool && !x.type().isFloating()) {
            throw new IllegalArgumentException("got input 0 of type " + x.type() + ", expected FLOAT32 or FLOAT64");
        }
        int planes = Math.toIntExact(output.elements(0, 2));
        IntStream indices = IntStream.range(0, planes);
        boolean parallel =
                PanelProduct.deservesThreads(output.elements() * pool.window().taps());
        (parallel ? indices.parallel() : indices).forEach(plane -> plane(pool, x, plane, result, mean));
        return result;
    }

    private static void plane(Pool pool, Tensor x, int plane, Tensor result, Mean mean) {
        int rows = result.shape().size(2);
        int columns = result.shape().size(3);
        long target = (long) plane * rows * columns;
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                double value = switch (pool) {
                    case Pool.MaxPool max -> maximum(max.window(), x, plane, row, column);
                    case Pool.AveragePool average -> mean(average, x, plane, row, column, mean);
                };
                result.set(target++, value);
            }
        }
    }

    /** The largest element inside the image; the type's lowest value where there is none. */
    private static double maximum(Window window, Tensor x, int plane, int row, int column) {
        int height = x.shape().size(2);
        int width = x.shape().size(3);
        double largest = lowest(x.type());
        for (int i = 0; i < window.rows(); i++) {
            int y = row * window.rowStride() - window.top() + i * window.rowDilation();
            if (y < 0 || y >= height) {
                continue;
            }
            long source = ((long) plane * height + y) * width;
            for (int j = 0; j < window.columns(); j++) {
                int c = column * window.columnStride() - window.left() + j * window.columnDilation();
                if (c >= 0 && c < width) {
                    largest = Math.max(largest, x.getDouble(source + c));
                }
            }
        }
        return largest;
    }

    private static double lowest(ElementType type) {
        return switch (type) {
            case FLOAT32, FLOAT64 -> Double.NEGATIVE_INFINITY;
            case INT8 -> Byte.MIN_VALUE;
            case UINT8, BOOL -> 0;
            case INT32 -> Integer.MIN_VALUE;
            case INT64 -> Long.MIN_VALUE;
        };
    }

    /** The sum over the taps inside the image, divided by those that count; 0 where none does. */
    private static double mean(Pool.AveragePool pool, Tensor x, int plane, int row, int column, Mean mean) {
        Window window = pool.window();
        int height = x.shape().size(2);
        int width = x.shape().size(3);
        double sum = 0;
        int counted = 0;
        for (int i = 0; i < window.rows(); i++) {
            int y = row * window.rowStride() - window.top() + i * window.rowDilation();
            for (int j = 0; j < window.columns(); j++) {
                int c = column * window.columnStride() - window.left() + j * window.columnDilation();
                boolean inside = y >= 0 && y < height && c >= 0 && c < width;
                // A tap past the padding exists only because of the rounded-up extent, so it never counts.
                boolean padded = pool.countPadding() && y < height + window.bottom() && c < width + window.right();
                if (inside) {
                    sum += x.getDouble(((long) plane * height + y) * width + c);
                }
                if (inside || padded) {
                    counted++;
                }
            }
        }
        return counted == 0 ? 0 : mean.of(sum, counted);
    }
}

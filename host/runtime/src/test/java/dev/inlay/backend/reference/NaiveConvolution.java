// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.reference;

import dev.inlay.graph.Contraction;
import dev.inlay.graph.Epilogue;
import dev.inlay.graph.Window;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.Random;

/** A convolution straight from its definition: seven loops, nothing shared with the code under test. */
record NaiveConvolution(Contraction.Conv conv, Shape x, Shape w, Shape y) {
    interface Term {
        /** One product, by the linear indices of the activation and the weight. */
        double product(int activation, int weight);
    }

    /** A random one with strides, dilation, uneven pads and groups. */
    static NaiveConvolution random(Random random, Epilogue epilogue) {
        int groups = random.nextInt(1, 4);
        int channels = groups * random.nextInt(1, 5);
        int outputs = groups * random.nextInt(1, 6);
        int rows = random.nextInt(1, 5);
        int columns = random.nextInt(1, 5);
        int rowDilation = random.nextInt(1, 4);
        int columnDilation = random.nextInt(1, 4);
        Window window = new Window(
                rows,
                columns,
                random.nextInt(1, 4),
                random.nextInt(1, 4),
                rowDilation,
                columnDilation,
                random.nextInt(0, 3),
                random.nextInt(0, 3),
                random.nextInt(0, 3),
                random.nextInt(0, 3));
        int height = window.reachRows() + random.nextInt(0, 9);
        int width = window.reachColumns() + random.nextInt(0, 17);
        Shape x = Shape.of(random.nextInt(1, 4), channels, height, width);
        Shape w = Shape.of(outputs, channels / groups, rows, columns);
        Shape y = Shape.of(x.extent(0), outputs, window.outputRows(height, false), window.outputColumns(width, false));
        return new NaiveConvolution(new Contraction.Conv(window, groups, epilogue), x, w, y);
    }

    double[] products(Tensor activations, Tensor weights) {
        return sums((a, b) -> activations.getDouble(a) * weights.getDouble(b));
    }

    double[] sums(Term term) {
        Window window = conv.window();
        double[] sums = new double[(int) y.elements()];
        int at = 0;
        for (int n = 0; n < y.size(0); n++) {
            for (int m = 0; m < y.size(1); m++) {
                for (int row = 0; row < y.size(2); row++) {
                    for (int column = 0; column < y.size(3); column++) {
                        double sum = 0;
                        for (int c = 0; c < w.size(1); c++) {
                            for (int i = 0; i < w.size(2); i++) {
                                for (int j = 0; j < w.size(3); j++) {
                                    int h = row * window.rowStride() + i * window.rowDilation() - window.top();
                                    int v = column * window.columnStride()
                                            + j * window.columnDilation()
                                            - window.left();
                                    if (h >= 0 && h < x.size(2) && v >= 0 && v < x.size(3)) {
                                        int channel = m / (w.size(0) / conv.groups()) * w.size(1) + c;
                                        sum += term.product(
                                                ((n * x.size(1) + channel) * x.size(2) + h) * x.size(3) + v,
                                                ((m * w.size(1) + c) * w.size(2) + i) * w.size(3) + j);
                                    }
                                }
                            }
                        }
                        sums[at++] = sum;
                    }
                }
            }
        }
        return sums;
    }
}

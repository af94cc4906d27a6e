// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.zoo;

import dev.inlay.graph.Function;
import dev.inlay.graph.Graph;
import dev.inlay.tensor.Shape;

/** Networks for the 1,000 classes of ImageNet; the output is what a softmax would take. */
final class ImageNets {
    private static final int CLASSES = 1000;

    /** Scale of the last normalisation of a residual block, so that a sum of many blocks stays in range. */
    private static final double BLOCK_GAIN = 0.3;

    private ImageNets() {}

    /** Krizhevsky et al. 2012, with its two groups: 60,965,224 weights. */
    static Graph alexNet(long seed) {
        Layers layers = new Layers("alexnet", seed, Shape.of(1, 3, 227, 227));
        layers.conv(96, 11, 4, 0, 1, true).relu();
        alexNetPool(layers);
        layers.conv(256, 5, 1, 2, 2, true).relu();
        alexNetPool(layers);
        layers.conv(384, 3, 1, 1, 1, true).relu();
        layers.conv(384, 3, 1, 1, 2, true).relu();
        layers.conv(256, 3, 1, 1, 2, true).relu().maxPool(3, 2, 0);
        layers.dense(4096, true).relu();
        layers.dense(4096, true).relu();
        return layers.dense(CLASSES, true).build();
    }

    // The paper multiplies the sum of squares by 1e-4, ONNX divides by the five neighbours.
    private static void alexNetPool(Layers layers) {
        layers.lrn(5, 5e-4f, 0.75f, 2).maxPool(3, 2, 0);
    }

    /** Simonyan and Zisserman 2015, configuration D: 138,357,544 weights. */
    static Graph vgg16(long seed) {
        Layers layers = new Layers("vgg16", seed, Shape.of(1, 3, 224, 224));
        int[][] stages = {{2, 64}, {2, 128}, {3, 256}, {3, 512}, {3, 512}};
        for (int[] stage : stages) {
            for (int i = 0; i < stage[0]; i++) {
                layers.conv(stage[1], 3, 1, 1, 1, true).relu();
            }
            layers.maxPool(2, 2, 0);
        }
        layers.dense(4096, true).relu();
        layers.dense(4096, true).relu();
        return layers.dense(CLASSES, true).build();
    }

    /** He et al. 2016 with 18 layers: 11,689,512 weights beside the statistics. */
    static Graph resNet18(long seed) {
        Layers layers = stem("resnet18", seed);
        int[] widths = {64, 128, 256, 512};
        for (int stage = 0; stage < widths.length; stage++) {
            for (int block = 0; block < 2; block++) {
                basicBlock(layers, widths[stage], block == 0 && stage > 0 ? 2 : 1);
            }
        }
        return layers.globalAveragePool().dense(CLASSES, true).build();
    }

    /** He et al. 2016 with 50 layers, striding in the 3 x 3 convolution: 25,557,032 weights beside the statistics. */
    static Graph resNet50(long seed) {
        Layers layers = stem("resnet50", seed);
        int[][] stages = {{3, 64}, {4, 128}, {6, 256}, {3, 512}};
        for (int stage = 0; stage < stages.length; stage++) {
            for (int block = 0; block < stages[stage][0]; block++) {
                bottleneck(layers, stages[stage][1], block == 0 && stage > 0 ? 2 : 1);
            }
        }
        return layers.globalAveragePool().dense(CLASSES, true).build();
    }

    private static Layers stem(String name, long seed) {
        Layers layers = new Layers(name, seed, Shape.of(1, 3, 224, 224));
        return layers.conv(64, 7, 2, 3, 1, false).batchNorm(1, 1).relu().maxPool(3, 2, 1);
    }

    private static void basicBlock(Layers layers, int width, int stride) {
        String shortcut = layers.at();
        long channels = layers.shape().extent(1);
        layers.conv(width, 3, stride, 1, 1, false).batchNorm(1, 1).relu();
        layers.conv(width, 3, 1, 1, 1, false).batchNorm(BLOCK_GAIN, 1);
        join(layers, shortcut, channels, width, stride);
    }

    private static void bottleneck(Layers layers, int width, int stride) {
        String shortcut = layers.at();
        long channels = layers.shape().extent(1);
        layers.conv(width, 1, 1, 0, 1, false).batchNorm(1, 1).relu();
        layers.conv(width, 3, stride, 1, 1, false).batchNorm(1, 1).relu();
        layers.conv(4 * width, 1, 1, 0, 1, false).batchNorm(BLOCK_GAIN, 1);
        join(layers, shortcut, channels, 4 * width, stride);
    }

    private static void join(Layers layers, String shortcut, long channels, int width, int stride) {
        String body = layers.at();
        String other = shortcut;
        if (channels != width || stride != 1) {
            other = layers.from(shortcut)
                    .conv(width, 1, stride, 0, 1, false)
                    .batchNorm(1, 2)
                    .at();
        }
        layers.from(body).add(other).relu();
    }

    /** Howard et al. 2017 at full width: 4,231,976 weights beside the statistics. */
    static Graph mobileNetV1(long seed) {
        Layers layers = new Layers("mobilenetv1", seed, Shape.of(1, 3, 224, 224));
        Function relu6 = Function.clip(0, 6);
        layers.conv(32, 3, 2, 1, 1, false).batchNorm(1, 1).function(relu6);
        int[][] blocks = {
            {64, 1}, {128, 2}, {128, 1}, {256, 2}, {256, 1}, {512, 2}, {512, 1}, {512, 1}, {512, 1}, {512, 1}, {512, 1},
            {1024, 2}, {1024, 1}
        };
        for (int[] block : blocks) {
            int channels = layers.shape().size(1);
            layers.conv(channels, 3, block[1], 1, channels, false)
                    .batchNorm(1, 1)
                    .function(relu6);
            layers.conv(block[0], 1, 1, 0, 1, false).batchNorm(1, 1).function(relu6);
        }
        return layers.globalAveragePool().dense(CLASSES, true).build();
    }
}

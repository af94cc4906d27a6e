// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples.training;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import java.util.List;

/** One layer over activations [N, C, H, W], or [N, C] after {@link Flatten}, with the block that DJL trains. */
sealed interface Layer {
    /** The trained block; the same object at every call where the layer has weights. */
    Block block();

    /** A square convolution with weights [out, in, kernel, kernel]; a bias [out] where the block has one. */
    record Convolution(Conv2d block, int stride, int padding) implements Layer {}

    /** Batch normalisation over the channel axis. */
    record Normalisation(BatchNorm block) implements Layer {
        static final float EPSILON = 1e-5f;
        static final float MOMENTUM = 0.9f;
    }

    /** max(x, 0). */
    record Relu() implements Layer {
        @Override
        public Block block() {
            return Activation.reluBlock();
        }
    }

    /** The largest of each {@code size} × {@code size} window; windows do not overlap. */
    record MaxPool(int size) implements Layer {
        @Override
        public Block block() {
            return Pool.maxPool2dBlock(new Shape(size, size), new Shape(size, size));
        }
    }

    /** The mean of each channel: [N, C, H, W] to [N, C, 1, 1]. */
    record GlobalAveragePool() implements Layer {
        @Override
        public Block block() {
            return LambdaBlock.singleton(x -> x.mean(new int[] {3}, true).mean(new int[] {2}, true));
        }
    }

    /** [N, C, H, W] to [N, C·H·W]. */
    record Flatten() implements Layer {
        @Override
        public Block block() {
            return Blocks.batchFlattenBlock();
        }
    }

    /** x·Wᵀ + b with weights [out, in]. */
    record Dense(Linear block) implements Layer {}

    /** The sum of {@code body} and {@code shortcut}; an empty shortcut is the input itself. */
    record Residual(List<Layer> body, List<Layer> shortcut) implements Layer {
        @Override
        public Block block() {
            return new ParallelBlock(
                    sides -> new NDList(
                            sides.get(0).singletonOrThrow().add(sides.get(1).singletonOrThrow())),
                    List.of(sequence(body), sequence(shortcut)));
        }
    }

    /** A convolution with a bias. */
    static Convolution convolution(int channels, int kernel, int padding) {
        return convolution(channels, kernel, 1, padding, true);
    }

    /** A convolution with or without a bias; {@link #normalisation()} after it makes one superfluous. */
    static Convolution convolution(int channels, int kernel, int stride, int padding, boolean bias) {
        return new Convolution(
                Conv2d.builder()
                        .setFilters(channels)
                        .setKernelShape(new Shape(kernel, kernel))
                        .optStride(new Shape(stride, stride))
                        .optPadding(new Shape(padding, padding))
                        .optBias(bias)
                        .build(),
                stride,
                padding);
    }

    static Normalisation normalisation() {
        return new Normalisation(BatchNorm.builder()
                .optEpsilon(Normalisation.EPSILON)
                .optMomentum(Normalisation.MOMENTUM)
                .build());
    }

    static Dense dense(int units) {
        return new Dense(Linear.builder().setUnits(units).build());
    }

    /** The layers one after the other; the input itself where there is none. */
    static Block sequence(List<Layer> layers) {
        return layers.isEmpty()
                ? Blocks.identityBlock()
                : new SequentialBlock().addAll(layers.stream().map(Layer::block).toList());
    }
}

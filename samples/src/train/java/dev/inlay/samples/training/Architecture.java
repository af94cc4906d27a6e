// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples.training;

import static dev.inlay.samples.training.Layer.convolution;
import static dev.inlay.samples.training.Layer.dense;
import static dev.inlay.samples.training.Layer.normalisation;

import dev.inlay.samples.training.Layer.Flatten;
import dev.inlay.samples.training.Layer.GlobalAveragePool;
import dev.inlay.samples.training.Layer.MaxPool;
import dev.inlay.samples.training.Layer.Relu;
import dev.inlay.samples.training.Layer.Residual;
import java.util.ArrayList;
import java.util.List;

/** The sample models, each with the recipe that trains it. */
enum Architecture {
    /**
     * LeCun et al., "Gradient-based learning applied to document recognition", 1998, with ReLU and max pooling, and with
     * full connections between the two convolutions.
     */
    LENET5("lenet5") {
        @Override
        Recipe recipe() {
            return new Recipe(24, 128, 4e-3f, 1e-2f, 0.05f, new Augmentation(true, 1));
        }

        @Override
        Network network() {
            return new Network(
                    modelName(),
                    List.of(
                            convolution(6, 5, 2),
                            new Relu(),
                            new MaxPool(2),
                            convolution(16, 5, 0),
                            new Relu(),
                            new MaxPool(2),
                            new Flatten(),
                            dense(120),
                            new Relu(),
                            dense(84),
                            new Relu(),
                            dense(10)));
        }
    },

    /**
     * Three stages of one residual block each, with 24, 48 and 72 channels on 14 × 14, 7 × 7 and 4 × 4 pixels, after He et
     * al., "Deep residual learning for image recognition", 2016.
     */
    SMALL_RESNET("small-resnet") {
        @Override
        Recipe recipe() {
            return new Recipe(10, 128, 5e-3f, 2e-2f, 0.05f, new Augmentation(true, 2));
        }

        @Override
        Network network() {
            var layers = new ArrayList<Layer>(
                    List.of(convolution(16, 3, 1, 1, false), normalisation(), new Relu(), new MaxPool(2)));
            layers.addAll(residual(24, 1));
            layers.addAll(residual(48, 2));
            layers.addAll(residual(72, 2));
            layers.addAll(List.of(new GlobalAveragePool(), new Flatten(), dense(10)));
            return new Network(modelName(), layers);
        }
    };

    private final String modelName;

    Architecture(String modelName) {
        this.modelName = modelName;
    }

    /** A fresh, untrained network. */
    abstract Network network();

    /** How the network is trained. */
    abstract Recipe recipe();

    /** The name of the model and of its file without the ending. */
    String modelName() {
        return modelName;
    }

    @Override
    public String toString() {
        return modelName;
    }

    /** A block whose shortcut changes the number of channels and the size, and the ReLU after it. */
    private static List<Layer> residual(int channels, int stride) {
        List<Layer> body = List.of(
                convolution(channels, 3, stride, 1, false),
                normalisation(),
                new Relu(),
                convolution(channels, 3, 1, 1, false),
                normalisation());
        List<Layer> shortcut = List.of(convolution(channels, 1, stride, 0, false), normalisation());
        return List.of(new Residual(body, shortcut), new Relu());
    }
}

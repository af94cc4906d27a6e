// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples.training;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.initializer.XavierInitializer;
import ai.djl.training.initializer.XavierInitializer.FactorType;
import ai.djl.training.initializer.XavierInitializer.RandomType;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import ai.djl.training.optimizer.AdamW;
import java.io.PrintWriter;

/** A network whose weights live in DJL's PyTorch engine until this is closed. */
final class TrainedModel implements AutoCloseable {
    private static final String ENGINE = "PyTorch";

    private final Network network;
    private final Model model;

    private TrainedModel(Network network, Model model) {
        this.network = network;
        this.model = model;
    }

    /** Trains {@code network} on {@code images}, with one line per epoch to {@code log}. */
    static TrainedModel train(Network network, Recipe recipe, LabelledImages images, long seed, PrintWriter log) {
        Engine.getEngine(ENGINE).setRandomSeed((int) seed);
        Block block = network.block();
        block.setInitializer(new XavierInitializer(RandomType.GAUSSIAN, FactorType.IN, 2), Parameter.Type.WEIGHT);
        Model model = Model.newInstance(network.name(), ENGINE);
        model.setBlock(block);

        var source = new BatchSource(images, recipe, seed);
        Loss loss = new SoftmaxCrossEntropyLoss("cross-entropy", 1, -1, false, true);
        var rate = OneCycle.over(recipe.epochs() * source.batchesPerEpoch(), recipe.peakRate());
        var config = new DefaultTrainingConfig(loss)
                .optOptimizer(AdamW.builder()
                        .optLearningRateTracker(rate)
                        .optWeightDecays(recipe.weightDecay())
                        .build());
        try (Trainer trainer = model.newTrainer(config)) {
            trainer.initialize(new Shape(recipe.batch(), 1, LabelledImages.SIDE, LabelledImages.SIDE));
            for (int epoch = 1; epoch <= recipe.epochs(); epoch++) {
                long start = System.nanoTime();
                source.shuffle();
                double sum = 0;
                for (int batch = 0; batch < source.batchesPerEpoch(); batch++) {
                    source.fill(batch);
                    sum += step(trainer, loss, source, recipe.batch());
                }
                log.printf(
                        "%s epoch %d/%d loss %.4f %.1f s%n",
                        network.name(),
                        epoch,
                        recipe.epochs(),
                        sum / source.batchesPerEpoch(),
                        (System.nanoTime() - start) / 1e9);
                log.flush();
            }
        }
        return new TrainedModel(network, model);
    }

    Network network() {
        return network;
    }

    /** The number of values that training changed by gradient; running means and variances are not among them. */
    long weights() {
        return model.getBlock().getParameters().values().stream()
                .filter(Parameter::requiresGradient)
                .mapToLong(parameter -> parameter.getShape().size())
                .sum();
    }

    /** Logits [count, 10] of images [count, 1, 28, 28], with the running means and variances. */
    float[] logits(float[] images) {
        try (NDManager scope = model.getNDManager().newSubManager();
                Trainer trainer = model.newTrainer(new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss()))) {
            NDArray input = scope.create(images, imageShape(images.length / LabelledImages.PIXELS));
            return trainer.evaluate(new NDList(input)).singletonOrThrow().toFloatArray();
        }
    }

    @Override
    public void close() {
        model.close();
    }

    private static float step(Trainer trainer, Loss loss, BatchSource source, int batch) {
        try (NDManager scope = trainer.getManager().newSubManager()) {
            NDArray images = scope.create(source.pixels(), imageShape(batch));
            NDArray targets = scope.create(source.targets(), new Shape(batch, FashionMnist.CLASSES.size()));
            NDArray value;
            try (GradientCollector gradients = trainer.newGradientCollector()) {
                NDList logits = trainer.forward(new NDList(images));
                value = loss.evaluate(new NDList(targets), logits);
                gradients.backward(value);
            }
            trainer.step();
            return value.getFloat();
        }
    }

    private static Shape imageShape(int count) {
        return new Shape(count, 1, LabelledImages.SIDE, LabelledImages.SIDE);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples.training;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Trains the sample models and writes {@code samples/models}, {@code samples/data} and {@code results/training.json}. The
 * test images are looked at once, after the last epoch.
 */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = "Trains the sample models on Fashion-MNIST and writes them as ONNX.")
final class Train implements Callable<Integer> {
    private static final int EXCERPT = 1_000;

    @Option(names = "--model", description = "Which to train: ${COMPLETION-CANDIDATES}; all by default.")
    private List<Architecture> models = List.of(Architecture.values());

    @Option(names = "--seed", defaultValue = "1", description = "Seed of weights, order and augmentation.")
    private int seed;

    @Option(names = "--epochs", description = "Passes over the training images; the model's own by default.")
    private @Nullable Integer epochs;

    @Option(
            names = "--data",
            defaultValue = "/usr/share/datasets/fashion-mnist",
            description = "Folder of the four idx.gz files; default: ${DEFAULT-VALUE}.")
    private Path data = Path.of("");

    @Option(
            names = "--licence",
            defaultValue = "/usr/share/doc/dataset-fashion-mnist/copyright",
            description = "The data set's licence; default: ${DEFAULT-VALUE}.")
    private Path licence = Path.of("");

    @Option(names = "--root", defaultValue = ".", description = "The checked-out repository; default: here.")
    private Path root = Path.of("");

    private Train() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Train())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }

    @Override
    public Integer call() throws IOException, OrtException, InterruptedException {
        var log = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        var fashion = new FashionMnist(data);
        fashion.writeExcerpt(EXCERPT, licence, root.resolve("samples/data/fashion-mnist-" + EXCERPT));
        for (Architecture architecture : models) {
            train(architecture, fashion, log);
        }
        return 0;
    }

    private void train(Architecture architecture, FashionMnist fashion, PrintWriter log)
            throws IOException, OrtException, InterruptedException {
        Recipe recipe =
                epochs == null ? architecture.recipe() : architecture.recipe().withEpochs(epochs);
        Path file = root.resolve("samples/models/" + architecture.modelName() + ".onnx")
                .normalize();
        Files.createDirectories(file.getParent());
        Provenance provenance = Provenance.here(root);
        LabelledImages images = fashion.train();
        long start = System.nanoTime();
        try (var trained = TrainedModel.train(architecture.network(), recipe, images, seed, log)) {
            long seconds = (System.nanoTime() - start) / 1_000_000_000L;
            Files.write(file, OnnxExporter.export(trained.network()).toByteArray());
            LabelledImages test = fashion.test();
            int correct;
            try (var classifier = OnnxClassifier.open(file)) {
                correct = classifier.correct(test);
            }
            log.printf(
                    "%s: %d of %d test images right in ONNX Runtime, %d weights, %s%n",
                    architecture, correct, test.size(), trained.weights(), file);
            TrainingResults.record(
                    root.resolve("results/training.json"),
                    new TrainingResults.Row(
                            architecture.modelName(),
                            trained.weights(),
                            (double) correct / test.size(),
                            test.size(),
                            seed,
                            recipe.epochs(),
                            seconds,
                            sha256(file),
                            provenance.commit(),
                            provenance.machine(),
                            command(architecture, recipe),
                            "MEASURED"));
        }
    }

    private String command(Architecture architecture, Recipe recipe) {
        return "mvn -B -Ptrain -pl samples -am verify -Dtrain.args=\"--model %s --seed %d --epochs %d\""
                .formatted(architecture, seed, recipe.epochs());
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("got a JDK without SHA-256, expected one with it", e);
        }
    }
}

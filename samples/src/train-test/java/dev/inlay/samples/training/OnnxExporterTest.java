// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OnnxExporterTest {
    @TempDir
    Path folder;

    /** A few training steps first, so that no running mean is 0 and no scale is 1. */
    @ParameterizedTest
    @EnumSource
    void onnxRuntimeAnswersAsTheTrainedBlockDoes(Architecture architecture) throws IOException, OrtException {
        var random = new SplittableRandom(3);
        LabelledImages images = TestImages.write(folder, 64, (image, row, column) -> random.nextInt(256));
        var recipe = new Recipe(3, 16, 1e-3f, 1e-2f, 0.1f, new Augmentation(true, 2));
        try (var trained =
                TrainedModel.train(architecture.network(), recipe, images, 5, new PrintWriter(Writer.nullWriter()))) {
            ModelProto model = OnnxExporter.export(trained.network());
            Path file = Files.write(folder.resolve("model.onnx"), model.toByteArray());
            float[] some = images.scaled(7, 20);
            try (var classifier = OnnxClassifier.open(file)) {
                assertArrayEquals(trained.logits(some), classifier.logits(some), 1e-4f);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void equalSeedsTrainEqualFiles(Architecture architecture) throws IOException {
        LabelledImages images = TestImages.write(folder, 64, (image, row, column) -> (image + row * column) % 256);
        var recipe = new Recipe(1, 16, 1e-3f, 1e-2f, 0.1f, new Augmentation(true, 2));
        assertEquals(trainAndExport(architecture, recipe, images), trainAndExport(architecture, recipe, images));
    }

    @ParameterizedTest
    @EnumSource
    void aNormalisationStaysANodeOfItsOwn(Architecture architecture) throws IOException {
        LabelledImages images = TestImages.write(folder, 16, (image, row, column) -> image * 16);
        var recipe = new Recipe(1, 16, 1e-3f, 0, 0, new Augmentation(false, 0));
        ModelProto model = trainAndExport(architecture, recipe, images);
        assertEquals(8, model.getIrVersion());
        assertEquals(17, model.getOpsetImport(0).getVersion());
        assertEquals(
                switch (architecture) {
                    case LENET5 -> 0;
                    case SMALL_RESNET -> 10;
                },
                model.getGraph().getNodeList().stream()
                        .map(NodeProto::getOpType)
                        .filter("BatchNormalization"::equals)
                        .count());
    }

    private static ModelProto trainAndExport(Architecture architecture, Recipe recipe, LabelledImages images) {
        try (var trained =
                TrainedModel.train(architecture.network(), recipe, images, 5, new PrintWriter(Writer.nullWriter()))) {
            return OnnxExporter.export(trained.network());
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples.training;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;

/** ONNX Runtime over a written model file: the judge of what the exporter wrote. */
final class OnnxClassifier implements AutoCloseable {
    private static final int BATCH = 500;

    private final OrtSession session;

    private OnnxClassifier(OrtSession session) {
        this.session = session;
    }

    static OnnxClassifier open(Path model) throws OrtException {
        return new OnnxClassifier(OrtEnvironment.getEnvironment().createSession(model.toString()));
    }

    /** Logits [count, 10] of images [count, 1, 28, 28]. */
    float[] logits(float[] images) throws OrtException {
        long count = images.length / LabelledImages.PIXELS;
        long[] shape = {count, 1, LabelledImages.SIDE, LabelledImages.SIDE};
        try (var input = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), FloatBuffer.wrap(images), shape);
                var result = session.run(Map.of(OnnxExporter.INPUT, input))) {
            var logits = (OnnxTensor) result.get(OnnxExporter.OUTPUT).orElseThrow();
            FloatBuffer values = logits.getFloatBuffer();
            var copy = new float[values.remaining()];
            values.get(copy);
            return copy;
        }
    }

    /** How many of the images have their largest logit at their label. */
    int correct(LabelledImages images) throws OrtException {
        int classes = FashionMnist.CLASSES.size();
        int correct = 0;
        for (int from = 0; from < images.size(); from += BATCH) {
            int count = Math.min(BATCH, images.size() - from);
            float[] logits = logits(images.scaled(from, count));
            for (int i = 0; i < count; i++) {
                if (largest(logits, i * classes, classes) == images.label(from + i)) {
                    correct++;
                }
            }
        }
        return correct;
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }

    private static int largest(float[] values, int offset, int count) {
        int best = 0;
        for (int i = 1; i < count; i++) {
            if (values[offset + i] > values[offset + best]) {
                best = i;
            }
        }
        return best;
    }
}

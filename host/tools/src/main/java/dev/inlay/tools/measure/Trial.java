// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import dev.inlay.CompileOptions;
import dev.inlay.CompiledModel;
import dev.inlay.Engine;
import dev.inlay.Session;
import dev.inlay.graph.Graph;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.tensor.Tensor;
import dev.inlay.tools.data.LabelledImages;
import java.io.IOException;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * What a network does on a device: the class of every image, the time of one image alone, the throughput in batches.
 *
 * @param classes the class given to each image
 * @param top1 part of them that is right
 * @param latencyMs median time of one image alone, host memory to host memory
 * @param samplesPerSecond images a second in batches, host memory to host memory, without the first batch
 * @param batch images of a batch
 * @param compiled what ran in batches
 * @param launchSeconds of one launch of a batch by its position in the plan's steps; none where plain Java ran
 */
@SuppressWarnings("ArrayRecordComponent")
public record Trial(
        int[] classes,
        double top1,
        double latencyMs,
        double samplesPerSecond,
        int batch,
        CompiledModel compiled,
        Map<Integer, Double> launchSeconds) {
    private static final int WARM_UP = 3;
    private static final int MOST_SINGLE = 30;
    private static final double MOST_SINGLE_SECONDS = 0.5;
    private static final int LAUNCHES = 3;

    /**
     * Runs a network over images on one device.
     *
     * @param batch images a run
     * @param done told of images done
     */
    public static Trial run(
            Engine engine,
            Variant variant,
            DeviceDescription device,
            LabelledImages images,
            int batch,
            LongConsumer done)
            throws IOException {
        CompileOptions options = CompileOptions.on(device.id());
        Graph batched = variant.batched(Math.min(batch, images.size()));
        Classifier many = Classifier.of(batched, images);
        int[] classes;
        Latencies batches = new Latencies(many.batch());
        CompiledModel compiled = engine.compile(batched, options);
        Map<Integer, Double> launches;
        try (Session session = compiled.open()) {
            session.run(many.inputs(images, 0));
            classes = many.classify(session, images, batches, done);
            launches = session.launchSeconds(LAUNCHES);
        }
        Graph alone = variant.batched(1);
        Classifier one = Classifier.of(alone, images);
        Latencies single = new Latencies(one.batch());
        try (Session session = engine.compile(alone, options).open()) {
            for (int i = 0; i < MOST_SINGLE && single.seconds() < MOST_SINGLE_SECONDS; i++) {
                Map<String, Tensor> inputs = one.inputs(images, i % images.size());
                if (i < WARM_UP) {
                    session.run(inputs);
                } else {
                    single.time(() -> session.run(inputs));
                }
            }
        }
        return new Trial(
                classes,
                Classifier.top1(classes, images),
                single.percentileMs(0.5),
                batches.samplesPerSecond(),
                many.batch(),
                compiled,
                launches);
    }

    /** Part of the images that both saw to which both give the same class. */
    public double agreement(Trial other) {
        int both = Math.min(classes.length, other.classes.length);
        int same = 0;
        for (int i = 0; i < both; i++) {
            same += classes[i] == other.classes[i] ? 1 : 0;
        }
        return (double) same / both;
    }
}

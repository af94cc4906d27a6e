// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.CompiledModel;
import dev.inlay.Engine;
import dev.inlay.Session;
import dev.inlay.graph.Graph;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.tools.data.DataSets;
import dev.inlay.tools.data.LabelledImages;
import dev.inlay.tools.measure.Classifier;
import dev.inlay.tools.measure.Latencies;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code inlay accuracy}. */
@Command(name = "accuracy", description = "Classify the images of a data set and count the right answers.")
final class AccuracyVerb extends Verb {
    @Mixin
    private ModelOptions model;

    @Mixin
    private PlacementOptions devices;

    @Option(
            names = "--dataset",
            required = true,
            paramLabel = "NAME[:N]",
            description = "fashion-mnist or fashion-mnist-1000; :N takes the first N images.")
    private String dataset;

    @Option(names = "--batch", defaultValue = "50", description = "Images a run; default ${DEFAULT-VALUE}.")
    private int batch;

    record Accuracy(String dataset, int n, double top1, String device, List<RunVerb.Placed> fallbacks)
            implements Report {
        @Override
        public void print(PrintStream out) {
            out.println(Table.percent(top1) + " of " + n + " images of " + dataset + " right on " + device);
            RunVerb.printFallbacks(fallbacks, out);
        }
    }

    @Override
    protected Report report() throws IOException {
        LabelledImages images = DataSets.open(dataset, Home.current());
        Graph graph = model.file().batched(Math.min(positive("--batch", batch), images.size()));
        try (Engine engine = engine(devices.engine())) {
            List<DeviceDescription> chosen = devices.together(engine);
            Classifier classifier = Classifier.of(graph, images);
            CompiledModel compiled = devices.compile(engine, graph, chosen);
            try (Session session = compiled.open();
                    Progress progress = progress("accuracy", images.size())) {
                int[] classes = classifier.classify(session, images, new Latencies(batch), progress::step);
                note(session.notices());
                return new Accuracy(
                        images.name(),
                        images.size(),
                        Classifier.top1(classes, images),
                        chosen.stream().map(DeviceDescription::id).collect(Collectors.joining(",")),
                        RunVerb.Placed.fallbacks(compiled));
            }
        }
    }
}

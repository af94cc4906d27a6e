// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.CompiledModel;
import dev.inlay.Engine;
import dev.inlay.Session;
import dev.inlay.UsageException;
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import dev.inlay.graph.Value;
import dev.inlay.plan.Decision;
import dev.inlay.tensor.Tensor;
import dev.inlay.tools.measure.Latencies;
import dev.inlay.tools.npy.NpyFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code inlay run}. */
@Command(name = "run", description = "Run a model on tensors in .npy files.")
final class RunVerb extends Verb {
    @Mixin
    private InputOptions model;

    @Mixin
    private PlacementOptions devices;

    @Mixin
    private TraceOptions trace;

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "Folder that takes <output>.npy.")
    private Path folder;

    /** An output and the file that holds it. */
    record Output(String name, String type, List<Long> shape, String file) {}

    /** Where a node ran. */
    record Placed(String node, String device, String kernel, String why) {
        static Placed of(Decision placement) {
            return new Placed(placement.node(), placement.device(), placement.kernel(), placement.why());
        }

        static List<Placed> all(CompiledModel model) {
            return model.placements().stream().map(Placed::of).toList();
        }

        /** Those that left the device that was asked for. */
        static List<Placed> fallbacks(CompiledModel model) {
            return model.placements().stream()
                    .filter(Decision::fallback)
                    .map(Placed::of)
                    .toList();
        }
    }

    record Ran(List<Output> outputs, double latencyMs, List<Placed> placements, List<Placed> fallbacks)
            implements Report {
        @Override
        public void print(PrintStream out) {
            outputs.forEach(output -> out.println(output.file() + "  " + output.type() + " " + output.shape()));
            out.println("ran in " + Table.figure(latencyMs) + " ms");
            placements.forEach(at -> out.println("  " + at.node() + " on " + at.device() + ", " + at.kernel()));
            printFallbacks(fallbacks, out);
        }
    }

    static void printFallbacks(List<Placed> fallbacks, PrintStream out) {
        fallbacks.forEach(
                at -> out.println("not as asked: " + at.node() + " runs on " + at.device() + ": " + at.why()));
    }

    @Override
    protected Report report() throws IOException {
        Map<String, Tensor> inputs = model.tensors();
        Graph graph = model.read(inputs);
        for (Value value : graph.inputs()) {
            if (!inputs.containsKey(value.name())) {
                throw new UsageException("--input: got none for \"" + value.name() + "\", expected " + value.name()
                        + "=F.npy with " + value.type() + " " + value.shape());
            }
        }
        try (Engine engine = engine(devices.engine())) {
            CompiledModel compiled = devices.compile(engine, graph, devices.together(engine));
            Latencies latency = new Latencies(1);
            Map<String, Tensor> results = new LinkedHashMap<>();
            try (Session session = compiled.open()) {
                trace.around(() -> latency.time(() -> results.putAll(session.run(inputs))));
                note(session.notices());
            }
            return new Ran(write(results), latency.percentileMs(1), Placed.all(compiled), Placed.fallbacks(compiled));
        }
    }

    private List<Output> write(Map<String, Tensor> results) throws IOException {
        Files.createDirectories(folder);
        List<Output> outputs = new ArrayList<>();
        Set<Path> taken = new HashSet<>();
        for (var result : results.entrySet()) {
            Path file = folder.resolve(NpyFile.nameOf(result.getKey()));
            if (!taken.add(file)) {
                throw new GraphException("output \"" + result.getKey() + "\": got a second output for " + file
                        + ", expected names that differ in letters and digits");
            }
            NpyFile.write(file, result.getValue());
            List<Long> shape =
                    Arrays.stream(result.getValue().shape().toArray()).boxed().toList();
            outputs.add(new Output(result.getKey(), result.getValue().type().name(), shape, file.toString()));
        }
        return outputs;
    }
}

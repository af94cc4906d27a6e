// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.BitstreamWriter;
import dev.inlay.CompileOptions;
import dev.inlay.Engine;
import dev.inlay.UsageException;
import dev.inlay.bitstream.Bitstream;
import dev.inlay.bitstream.Bitstreams;
import dev.inlay.bitstream.Manifest;
import dev.inlay.graph.Graph;
import dev.inlay.plan.DeviceClass;
import dev.inlay.tools.board.AocProject;
import dev.inlay.tools.board.BoardPlan;
import dev.inlay.tools.model.ModelFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code inlay compile}. */
@Command(
        name = "compile",
        description =
                "Make the bitstreams that a model needs on a board: with the compiler of a device that is here, or"
                        + " the project from which a board's own compiler makes them.")
final class CompileVerb extends Verb {
    @Parameters(arity = "0..1", paramLabel = "MODEL", description = "ONNX model file.")
    private Optional<Path> model = Optional.empty();

    @Option(
            names = "--board",
            paramLabel = "NAME",
            description = "Id of a device that is here, or of an FPGA board's profile.")
    private Optional<String> board = Optional.empty();

    @Option(
            names = "--class",
            paramLabel = "cpu|gpu|fpga",
            description = "Whose kernels a device that is here takes; default those of its own class.")
    private Optional<String> deviceClass = Optional.empty();

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FOLDER",
            description = "Folder to write, or to complete with --collect.")
    private Path folder;

    @Option(
            names = "--collect",
            description = "Complete the manifests of a project whose bitstreams its compiler has made by now.")
    private boolean collect;

    /**
     * One bitstream, or what will become one.
     *
     * @param file in the folder
     * @param kernels that lie in it
     */
    record Program(String file, List<String> kernels) {}

    /**
     * @param design what the pipelines compute at once; none where nothing was chosen
     * @param host nodes that the board leaves to the host, with the reason
     * @param next what to type next
     */
    record Compiled(
            String board,
            String folder,
            List<Program> bitstreams,
            Optional<BoardPlan.Chosen> design,
            Map<String, String> host,
            String next)
            implements Report {
        @Override
        public void print(PrintStream out) {
            bitstreams.forEach(each -> out.println(each.file() + "  " + String.join(", ", each.kernels())));
            design.ifPresent(chosen -> out.println(chosen.text()));
            host.forEach((node, why) -> out.println("host: " + node + ": " + why));
            out.println("next: " + next);
        }
    }

    @Override
    protected Report report() throws IOException {
        if (collect) {
            new AocProject(folder).collect();
            Bitstreams all = Bitstreams.open(folder);
            return compiled(all.board(), all, "inlay run MODEL --bitstreams " + folder);
        }
        Path file = model.orElseThrow(() -> new UsageException("MODEL: got nothing, expected an ONNX file"));
        String name = board.orElseThrow(() -> new UsageException("--board: got nothing, expected a device or a board"));
        Optional<DeviceClass> skeletons = deviceClass.map(CompileVerb::classOf);
        Graph graph = new ModelFile(file).read(Map.of());
        try (Engine engine = engine()) {
            boolean here = engine.devices().stream()
                    .anyMatch(device -> !device.isReference() && device.id().equals(name));
            return here ? onDevice(engine, graph, name, skeletons) : project(graph, name);
        }
    }

    private Report onDevice(Engine engine, Graph graph, String device, Optional<DeviceClass> skeletons)
            throws IOException {
        CompileOptions own = CompileOptions.on(device);
        CompileOptions options = skeletons.map(own::withSkeletons).orElse(own);
        BitstreamWriter.write(engine, engine.compile(graph, options), device, folder);
        return compiled(
                device, Bitstreams.open(folder), "inlay run MODEL --devices " + device + " --bitstreams " + folder);
    }

    private static DeviceClass classOf(String text) {
        return switch (text) {
            case "cpu", "gpu", "fpga" -> DeviceClass.valueOf(text.toUpperCase(Locale.ROOT));
            default -> throw new UsageException("--class: got \"" + text + "\", expected cpu, gpu or fpga");
        };
    }

    private Report project(Graph graph, String name) throws IOException {
        BoardPlan plan = BoardPlan.of(graph, name);
        List<Manifest> drafts = AocProject.write(folder, plan.device(), plan.kernels());
        return new Compiled(
                name,
                folder.toString(),
                programs(drafts.stream()),
                Optional.of(plan.chosen()),
                plan.host(),
                "make -C " + folder + " hw BOARD=…, then inlay compile --collect -o " + folder);
    }

    private Compiled compiled(String name, Bitstreams all, String next) {
        return new Compiled(
                name,
                folder.toString(),
                programs(all.all().stream().map(Bitstream::manifest)),
                Optional.empty(),
                Map.of(),
                next);
    }

    private static List<Program> programs(Stream<Manifest> manifests) {
        return manifests
                .map(each -> new Program(
                        each.file(),
                        each.kernels().stream().map(Manifest.Kernel::id).toList()))
                .toList();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.UsageException;
import dev.inlay.graph.Graph;
import dev.inlay.tools.zoo.Zoo;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code inlay zoo}. */
@Command(name = "zoo", description = "Write a well-known network with weights drawn from a seed.")
final class ZooVerb extends Verb {
    @Parameters(index = "0", paramLabel = "NAME", description = "The network, as lenet5 or resnet18.")
    private String name;

    @Option(names = "--seed", defaultValue = "1", description = "Seed of the weights; default ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    private OutputOptions output;

    record Written(String name, long seed, String file, int nodes, long parameters, long bytes) implements Report {
        @Override
        public void print(PrintStream out) {
            out.printf("%s: %s, %,d nodes, %,d parameters, %s%n", file, name, nodes, parameters, Table.bytes(bytes));
        }
    }

    @Override
    protected Report report() throws IOException {
        Graph graph = Zoo.find(name)
                .orElseThrow(() -> new UsageException(
                        "zoo: got \"" + name + "\", expected one of " + String.join(", ", Zoo.titles())))
                .graph(seed);
        output.write(graph);
        return new Written(
                name,
                seed,
                output.file().toString(),
                graph.nodes().size(),
                graph.parameters(),
                Files.size(output.file()));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.measure;

import dev.inlay.compiler.Approximated;
import dev.inlay.compiler.Approximation;
import dev.inlay.graph.Graph;
import dev.inlay.tools.model.ModelFile;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A network in one form: as its file has it, or approximated by one method. */
public final class Variant {
    /** The method of a network that is not approximated. */
    public static final String EXACT = "none";

    private final ModelFile file;
    private final String method;
    private final Optional<Approximation> approximation;
    private final long weightBytes;
    private final double compression;
    private final Map<Integer, Graph> graphs = new HashMap<>();

    private Variant(
            ModelFile file,
            String method,
            Optional<Approximation> approximation,
            long weightBytes,
            double compression) {
        this.file = file;
        this.method = method;
        this.approximation = approximation;
        this.weightBytes = weightBytes;
        this.compression = compression;
    }

    /** The network as its file has it. */
    public static Variant exact(ModelFile file) throws IOException {
        return new Variant(file, EXACT, Optional.empty(), file.read(Map.of()).constantBytes(), 1);
    }

    /** The network with a recipe made up for it. */
    public static Variant approximated(ModelFile file, String method, Approximation approximation) throws IOException {
        Approximated result = approximation.apply(file.read(Map.of()));
        return new Variant(file, method, Optional.of(approximation), result.bytesAfter(), result.compression());
    }

    /** Name of the model. */
    public String model() {
        return file.name();
    }

    /** Name of the recipe, or {@link #EXACT}. */
    public String method() {
        return method;
    }

    /** Bytes of all constants, scales and indices included. */
    public long weightBytes() {
        return weightBytes;
    }

    /** Bytes of all float constants over {@link #weightBytes}. */
    public double compression() {
        return compression;
    }

    /** The graph with its first axis widened to a batch, where the model allows. */
    public Graph batched(int batch) throws IOException {
        Graph known = graphs.get(batch);
        if (known == null) {
            Graph graph = file.batched(batch);
            known = approximation.map(each -> each.apply(graph).graph()).orElse(graph);
            graphs.put(batch, known);
        }
        return known;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import dev.inlay.encoding.Coded;
import dev.inlay.encoding.Encoded;
import dev.inlay.encoding.Floats;
import dev.inlay.encoding.NofM;
import dev.inlay.encoding.Sparse;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Weights some of which are zero.
 *
 * @param pruning which
 * @param values how the others are held; absent: as floats
 */
public record Pruned(Pruning pruning, Optional<CodeMethod> values) implements WeightMethod {
    public Pruned {
        if (values.isPresent() && !hasZero(values.get())) {
            throw new IllegalArgumentException(
                    "got weights that are " + values.get().title() + ", expected a method that has a zero");
        }
        if (values.isPresent() && isSum(values.get())) {
            throw new IllegalArgumentException("got weights that are "
                    + values.get().title() + ", a sum of two terms, expected a method of one, such as twn");
        }
    }

    /** Trained ternary weights are sums of two terms, each with zeros where the other has none. */
    private static boolean isSum(CodeMethod method) {
        return method instanceof TrainedTernary;
    }

    private static boolean hasZero(CodeMethod method) {
        return !(method instanceof Binary || method instanceof MultiBase || method instanceof DoReFa);
    }

    @Override
    public Optional<Pruned> pruned() {
        return Optional.of(this);
    }

    @Override
    public Pruned withPruning(Pruning changed) {
        return new Pruned(changed, values);
    }

    @Override
    public String title() {
        return pruning.title() + " pruning"
                + values.map(method -> ", " + method.title()).orElse("");
    }

    @Override
    public Encoded encode(LayerWeights weights) {
        LayerWeights pruned = pruning.pruned(weights);
        Encoded of = values.map(method -> (Encoded) method.encode(pruned)).orElseGet(() -> new Floats(pruned.tensor()));
        return new Sparse(of, groups(weights.inputAxis()));
    }

    /** The groups that the pattern leaves some of, where their places take few bits. */
    private Optional<Sparse.Groups> groups(int axis) {
        return pruning instanceof Pruning.NofM(int n, int m) && n < m && m <= NofM.MOST
                ? Optional.of(new Sparse.Groups(new NofM(n, m), axis))
                : Optional.empty();
    }

    @Override
    public Map<String, Object> parameters(Encoded chosen) {
        Sparse sparse = (Sparse) chosen;
        Map<String, Object> parameters = new TreeMap<>(pruning.parameters());
        parameters.put("pattern", pruning.title());
        parameters.put("kept", String.format(Locale.ROOT, "%.4f", sparse.density()));
        Optional<Coded> codes = sparse.codes();
        values.ifPresent(method -> parameters.putAll(method.parameters(codes.orElseThrow())));
        return parameters;
    }
}

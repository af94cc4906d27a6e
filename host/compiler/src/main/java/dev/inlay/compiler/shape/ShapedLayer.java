// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.shape;

import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What became of one layer. */
public final class ShapedLayer {
    private final String name;
    private final List<String> titles;
    private final Map<String, Map<String, Object>> parameters;
    private final List<String> parts;
    private final List<Kept> kept;
    private final Optional<Factors> factors;

    private ShapedLayer(
            String name,
            List<String> titles,
            Map<String, Map<String, Object>> parameters,
            List<String> parts,
            List<Kept> kept,
            Optional<Factors> factors) {
        this.name = name;
        this.titles = titles;
        this.parameters = parameters;
        this.parts = parts;
        this.kept = kept;
        this.factors = factors;
    }

    /** A layer as it is. */
    static ShapedLayer of(String name) {
        return new ShapedLayer(name, List.of(), Map.of(), List.of(name), List.of(), Optional.empty());
    }

    /**
     * The layer without some channels.
     *
     * @param rule for its own output channels; absent where only what it reads became less
     * @param axes which axes of its weights are the outputs and the inputs
     * @param cut what is left of those that became shorter
     * @param left why its own channels all stay
     */
    ShapedLayer pruned(Optional<FilterPruning> rule, LayerAxes axes, List<Kept> cut, Optional<String> left) {
        Map<String, Object> chosen = new LinkedHashMap<>();
        rule.ifPresent(asked -> {
            chosen.put("keep", asked.keep());
            chosen.put("norm", asked.norm().name().toLowerCase(Locale.ROOT));
        });
        for (Kept part : cut) {
            String channels = part.axis() == axes.output() ? "outputs" : "inputs";
            chosen.put(channels, part.positions().length);
            chosen.put(channels + "Before", part.extent());
        }
        left.ifPresent(reason -> chosen.put("left", reason));
        return new ShapedLayer(
                name,
                cut.isEmpty() ? titles : with(FilterPruning.TITLE),
                with("filters", chosen),
                parts,
                List.copyOf(cut),
                factors);
    }

    /** The layer as two; {@code first} is the name of the new one. */
    ShapedLayer split(Factorisation rule, Factors found, String first) {
        Map<String, Object> chosen = chosen(rule);
        chosen.put("chosenRank", found.rank());
        chosen.put("fullRank", Math.min(found.matrix().rows(), found.matrix().columns()));
        chosen.put("keptEnergy", found.energy());
        return new ShapedLayer(
                name, with(rule.title()), with("factorise", chosen), List.of(first, name), kept, Optional.of(found));
    }

    /** The layer as it is though a rule would have it as two. */
    ShapedLayer left(Factorisation rule, String reason) {
        Map<String, Object> chosen = chosen(rule);
        chosen.put("left", reason);
        return new ShapedLayer(name, titles, with("factorise", chosen), parts, kept, factors);
    }

    private static Map<String, Object> chosen(Factorisation rule) {
        Map<String, Object> chosen = new LinkedHashMap<>();
        chosen.put("form", rule.form().name().toLowerCase(Locale.ROOT));
        chosen.putAll(rule.rank().parameters());
        return chosen;
    }

    private List<String> with(String title) {
        List<String> more = new ArrayList<>(titles);
        more.add(title);
        return List.copyOf(more);
    }

    private Map<String, Map<String, Object>> with(String key, Map<String, Object> chosen) {
        Map<String, Map<String, Object>> more = new LinkedHashMap<>(parameters);
        more.put(key, chosen);
        return more;
    }

    /** The name it had, and its last part has. */
    public String name() {
        return name;
    }

    /** The methods that changed it, in order; none where it was left as it was. */
    public List<String> titles() {
        return titles;
    }

    /**
     * The parameters of each method that was asked for, {@code filters} and {@code factorise}, with what was chosen, and
     * {@code left} with the reason where that is nothing.
     */
    public Map<String, Map<String, Object>> parameters() {
        return parameters;
    }

    /** The names of the nodes that do its sums, in the order they run: one, or two where it was split. */
    public List<String> parts() {
        return parts;
    }

    /**
     * The weights that the parts stand for together, in the shape they had, zeros for what is gone.
     *
     * @param weights of each part
     */
    public Tensor whole(List<Tensor> weights) {
        Tensor whole = factors.map(found -> found.matrix().product(weights.get(0), weights.get(1), found.rank()))
                .orElse(weights.getFirst());
        for (Kept part : kept) {
            whole = part.spread(whole);
        }
        return whole;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.recipe;

import dev.inlay.compiler.calibrate.ActivationMethod;
import dev.inlay.compiler.calibrate.RangeMethod;
import dev.inlay.compiler.encode.WeightMethod;
import dev.inlay.compiler.shape.Factorisation;
import dev.inlay.compiler.shape.FilterPruning;
import java.util.List;
import java.util.Optional;

/**
 * How a network is approximated.
 *
 * @param name of the method, as reports give it
 * @param description one sentence
 * @param ranges how ranges of activations are found
 * @param correction how what approximation does to the outputs of layers is mended
 * @param rules the first that matches a layer is for it; a layer that none matches stays as it is
 */
public record Recipe(String name, String description, RangeMethod ranges, Correction correction, List<Rule> rules) {
    public Recipe {
        rules = List.copyOf(rules);
    }

    /**
     * What happens to some layers.
     *
     * @param match which
     * @param filters which of their output channels are removed first; absent where all stay
     * @param factorise how each becomes two of low rank then; absent where it stays one
     * @param weights how their weights are held; absent where they stay float
     * @param activations how the activations they read are held; absent where they stay float
     */
    public record Rule(
            LayerMatch match,
            Optional<FilterPruning> filters,
            Optional<Factorisation> factorise,
            Optional<WeightMethod> weights,
            Optional<ActivationMethod> activations) {
        /** A rule that leaves the shape of layers as it is. */
        public Rule(LayerMatch match, Optional<WeightMethod> weights, Optional<ActivationMethod> activations) {
            this(match, Optional.empty(), Optional.empty(), weights, activations);
        }

        /** The same with another way to hold the weights. */
        public Rule withWeights(WeightMethod changed) {
            return new Rule(match, filters, factorise, Optional.of(changed), activations);
        }

        /** Whether anything happens to the layers. */
        public boolean approximates() {
            return filters.isPresent() || factorise.isPresent() || weights.isPresent();
        }
    }

    /** The rule for a layer. */
    public Optional<Rule> rule(String layer, LayerType type, LayerPosition position, long weights) {
        return rules.stream()
                .filter(rule -> rule.match().matches(layer, type, position, weights))
                .findFirst();
    }
}

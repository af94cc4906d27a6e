// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.recipe;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The layers a rule is for: those for which all that is given holds.
 *
 * @param name the node's name, {@code *} standing for any characters and {@code ?} for one
 * @param type the kind
 * @param position where it stands
 * @param weightsAtLeast the least number of weights
 * @param weightsAtMost the greatest number of weights
 */
public record LayerMatch(
        Optional<String> name,
        Optional<LayerType> type,
        Optional<LayerPosition> position,
        long weightsAtLeast,
        long weightsAtMost) {
    /** Matches every layer. */
    public static final LayerMatch ALL =
            new LayerMatch(Optional.empty(), Optional.empty(), Optional.empty(), 0, Long.MAX_VALUE);

    /** Whether a layer is one of them. */
    public boolean matches(String layerName, LayerType layerType, LayerPosition layerPosition, long weights) {
        return name.stream().allMatch(glob -> pattern(glob).matcher(layerName).matches())
                && type.stream().allMatch(wanted -> wanted == layerType)
                && position.stream().allMatch(wanted -> wanted == layerPosition)
                && weights >= weightsAtLeast
                && weights <= weightsAtMost;
    }

    private static Pattern pattern(String glob) {
        StringBuilder regex = new StringBuilder();
        glob.chars()
                .forEach(letter -> regex.append(
                        switch (letter) {
                            case '*' -> ".*";
                            case '?' -> ".";
                            default -> Pattern.quote(Character.toString(letter));
                        }));
        return Pattern.compile(regex.toString());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

import dev.inlay.plan.Evidence;
import dev.inlay.tools.Table;
import dev.inlay.tools.measure.ComparisonRow;
import dev.inlay.tools.measure.Variant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** One sentence for each part of a comparison, of the figures it shows. */
record Findings(
        List<ComparisonRow> rows,
        List<ParetoFront> fronts,
        List<LayerFigures> layers,
        List<MethodEffect> effects,
        List<Residual> residuals) {
    /** The sentences by the part's name; a part without figures has none. */
    Map<String, String> sentences(List<SweepPoint> sweep, List<NetworkPower> power) {
        Map<String, String> sentences = new TreeMap<>();
        put(
                sentences,
                "throughput",
                fronts("samplesPerSecond", "no measured choice is faster at a better top-1 than "));
        put(sentences, "bytes", fronts("weightBytes", "none is smaller at a better top-1 than "));
        put(sentences, "effects", ofEffects());
        put(sentences, "roofline", ofLayers());
        put(sentences, "layers", ofNodes());
        put(sentences, "sweep", ofSweep(sweep));
        put(sentences, "power", ofPower(power));
        put(sentences, "residuals", ofResiduals());
        return sentences;
    }

    private static void put(Map<String, String> sentences, String part, Optional<String> sentence) {
        sentence.ifPresent(text -> sentences.put(part, text));
    }

    private static Optional<String> sentence(List<String> parts) {
        if (parts.isEmpty()) {
            return Optional.empty();
        }
        String text = String.join("; ", parts);
        return Optional.of(Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".");
    }

    private static String words(String method) {
        return method.equals(Variant.EXACT) ? "float" : method;
    }

    private Optional<String> fronts(String figure, String claim) {
        List<String> parts = new ArrayList<>();
        for (ParetoFront front : fronts) {
            if (front.figure().equals(figure) && front.evidence().orElse(Evidence.MEASURED) == Evidence.MEASURED) {
                String names = front.rows().stream()
                        .map(rows::get)
                        .map(row -> figure.equals("weightBytes")
                                ? words(row.method()) + " (" + Table.bytes(row.weightBytes()) + ")"
                                : words(row.method()) + " on " + row.device())
                        .collect(Collectors.joining(", "));
                parts.add("of " + front.model() + " " + claim + names);
            }
        }
        return sentence(parts);
    }

    /** The methods that help each resource on a device that was measured. */
    private Optional<String> ofEffects() {
        List<String> parts = new ArrayList<>();
        for (String kind : List.of("arithmetic", "memory", "work")) {
            TreeSet<String> methods = effects.stream()
                    .filter(effect -> effect.evidence() == Evidence.MEASURED
                            && effect.helps().contains(kind))
                    .map(MethodEffect::method)
                    .collect(Collectors.toCollection(TreeSet::new));
            parts.add(kind + " was helped by " + (methods.isEmpty() ? "nothing" : String.join(", ", methods)));
        }
        long slower = effects.stream()
                .filter(effect -> effect.evidence() == Evidence.MEASURED && effect.speedUp() < 1)
                .count();
        long all = effects.stream()
                .filter(effect -> effect.evidence() == Evidence.MEASURED)
                .count();
        if (all == 0) {
            return Optional.empty();
        }
        parts.add(slower + " of " + all + " measured combinations ran slower than float");
        return sentence(parts);
    }

    private Optional<String> ofLayers() {
        List<String> parts = new ArrayList<>();
        for (String device :
                layers.stream().map(LayerFigures::device).distinct().toList()) {
            List<LayerFigures> its = layers.stream()
                    .filter(layer -> layer.device().equals(device))
                    .toList();
            long memory =
                    its.stream().filter(layer -> layer.bound().equals("memory")).count();
            parts.add(device + " at " + memory + " of " + its.size());
        }
        return parts.isEmpty()
                ? Optional.empty()
                : Optional.of("Layers that wait for memory: " + String.join(", ", parts) + ".");
    }

    /** The device that is fastest at most layers of the models as they are. */
    private Optional<String> ofNodes() {
        List<String> parts = new ArrayList<>();
        for (String model : layers.stream().map(LayerFigures::model).distinct().toList()) {
            Map<String, Optional<LayerFigures>> fastest = layers.stream()
                    .filter(layer -> layer.model().equals(model)
                            && layer.method().equals(Variant.EXACT)
                            && layer.evidence() == Evidence.MEASURED)
                    .collect(Collectors.groupingBy(
                            LayerFigures::node, Collectors.minBy(Comparator.comparingDouble(LayerFigures::seconds))));
            Map<String, Long> wins = fastest.values().stream()
                    .flatMap(Optional::stream)
                    .collect(Collectors.groupingBy(LayerFigures::device, TreeMap::new, Collectors.counting()));
            wins.forEach((device, count) -> parts.add(
                    "of " + model + " " + count + " of " + fastest.size() + " layers are fastest on " + device));
        }
        return sentence(parts);
    }

    private static Optional<String> ofSweep(List<SweepPoint> sweep) {
        List<String> devices = sweep.stream().map(SweepPoint::device).distinct().toList();
        if (devices.size() != 2) {
            return Optional.empty();
        }
        List<String> ahead = new ArrayList<>();
        List<String> behind = new ArrayList<>();
        for (SweepPoint point : sweep) {
            if (point.device().equals(devices.getFirst())) {
                double other = sweep.stream()
                        .filter(each -> each.device().equals(devices.getLast())
                                && each.format().equals(point.format()))
                        .mapToDouble(SweepPoint::samplesPerSecond)
                        .findFirst()
                        .orElseThrow();
                (point.samplesPerSecond() >= other ? ahead : behind)
                        .add(point.format() + " (" + Table.figure(point.samplesPerSecond() / other) + " x)");
            }
        }
        return Optional.of("By the models, " + devices.getFirst() + " is "
                + (ahead.isEmpty() ? "nowhere ahead of " : "ahead in " + String.join(", ", ahead) + " and ")
                + (ahead.isEmpty()
                        ? devices.getLast()
                        : (behind.isEmpty() ? "nowhere behind " : "behind in " + String.join(", ", behind) + " of ")
                                + devices.getLast())
                + ".");
    }

    private static Optional<String> ofPower(List<NetworkPower> power) {
        return power.stream()
                .max(Comparator.comparingDouble(NetworkPower::samplesPerJoule))
                .map(best -> "Of these, " + best.device() + " gives most for its power: "
                        + Table.figure(best.samplesPerJoule()) + " images a joule of " + best.model()
                        + ", MODELLED from "
                        + Table.figure(best.watts()) + " W.");
    }

    private Optional<String> ofResiduals() {
        OptionalDouble median = Residual.medianError(residuals);
        return median.isEmpty()
                ? Optional.empty()
                : Optional.of("The model is " + Table.percent(median.getAsDouble()) + " off in the median of "
                        + residuals.size() + " batches and "
                        + Table.percent(residuals.stream()
                                .mapToDouble(residual -> Math.abs(residual.error()))
                                .max()
                                .orElseThrow())
                        + " at worst.");
    }
}

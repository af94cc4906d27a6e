// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler;

import dev.inlay.compiler.calibrate.ActivationMethod;
import dev.inlay.compiler.calibrate.Calibration;
import dev.inlay.compiler.calibrate.Centre;
import dev.inlay.compiler.calibrate.Histogram;
import dev.inlay.compiler.calibrate.RangeMethod;
import dev.inlay.compiler.calibrate.ScaleFit;
import dev.inlay.compiler.calibrate.ValueStatistics;
import dev.inlay.encoding.Quantizer;
import dev.inlay.graph.Graph;
import dev.inlay.graph.GraphException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The quantizers that a placement and a calibration come to. */
final class Decisions {
    private final Map<String, Quantizer.Uniform> held = new LinkedHashMap<>();
    private final Map<String, Quantizer> atInput = new LinkedHashMap<>();
    private final Map<String, Map<ActivationMethod, Centre>> centres = new LinkedHashMap<>();
    private final Graph graph;
    private final Placement placement;
    private final Calibration calibration;

    Decisions(Graph graph, Placement placement, List<Layer> layers, Calibration calibration, RangeMethod ranges) {
        this.graph = graph;
        this.placement = placement;
        this.calibration = calibration;
        placement.held().forEach((value, method) -> {
            Histogram seen = placement.sharing(value).stream()
                    .map(other -> seen(other).whole())
                    .reduce(Histogram::merged)
                    .orElseThrow();
            held.put(value, scaled(value, seen, method, ranges));
        });
        for (Layer layer : layers) {
            ActivationMethod method = placement.atInput().get(layer.name());
            if (method instanceof ActivationMethod.BlockFloat block) {
                atInput.put(layer.name(), new Quantizer.BlockFloat(block.mantissaBits(), block.block()));
            } else if (method instanceof ActivationMethod.Scaled scaled) {
                Histogram seen = calibration.of(layer.input()).whole();
                atInput.put(layer.name(), scaled(layer.input(), seen, scaled, ranges));
            }
        }
    }

    /** What the readers of a value see of it. */
    private ValueStatistics seen(String value) {
        return calibration.of(Sources.pooled(graph, value));
    }

    private static Quantizer.Uniform scaled(
            String value, Histogram seen, ActivationMethod.Scaled method, RangeMethod ranges) {
        try {
            return new ScaleFit(seen, ranges).fit(method);
        } catch (IllegalArgumentException e) {
            throw new GraphException("value \"" + value + "\": " + e.getMessage(), e);
        }
    }

    /** Of the values that are held where they are computed. */
    Map<String, Quantizer.Uniform> held() {
        return held;
    }

    /** Of the layers, by name, that have their input in their own way. */
    Map<String, Quantizer> atInput() {
        return atInput;
    }

    Placement placement() {
        return placement;
    }

    /** The levels of a value around its centres. */
    Centre centre(String source, ActivationMethod.Centred method) {
        return centres.computeIfAbsent(source, key -> new LinkedHashMap<>())
                .computeIfAbsent(method, key -> Centre.of(method, seen(source)));
    }

    /** The mean of each channel of a value. */
    double[] means(String value) {
        var seen = calibration.of(value);
        double[] means = new double[seen.channels()];
        for (int channel = 0; channel < means.length; channel++) {
            means[channel] = seen.channel(channel).mean();
        }
        return means;
    }
}

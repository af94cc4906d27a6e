// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

import dev.inlay.plan.Evidence;
import dev.inlay.plan.model.BoardModel;
import dev.inlay.plan.model.Design;
import dev.inlay.plan.model.Estimate;
import dev.inlay.plan.model.PipelineModel;
import dev.inlay.plan.model.RooflineModel;
import dev.inlay.profile.Carrier;
import dev.inlay.profile.DeviceProfile;
import dev.inlay.profile.Figure;
import dev.inlay.tools.measure.ComparisonRow;
import dev.inlay.tools.measure.ModelledDevice;
import dev.inlay.tools.measure.Variant;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** One board that is modelled, and the ceilings of the designs that it was given. */
public final class ModelledRuns {
    private final ModelledDevice device;
    private final Map<String, Double> arrays = new TreeMap<>();

    public ModelledRuns(ModelledDevice device) {
        this.device = device;
    }

    /**
     * A network on the board.
     *
     * @param row what it would give
     * @param layers of a batch that contract
     * @param total of all its kernels
     */
    record Run(ComparisonRow row, List<LayerFigures> layers, MethodEffect.Total total) {}

    Run run(Variant variant, int batch, List<ComparisonRow> measured) throws IOException {
        Estimate alone = device.estimate(variant, 1);
        Estimate stream = device.estimate(variant, batch);
        stream.design().ifPresent(this::note);
        List<LayerFigures> layers = new ArrayList<>();
        double operations = 0;
        double seconds = 0;
        for (Estimate.Layer layer : stream.layers()) {
            operations += layer.work().operations();
            seconds += layer.seconds();
            if (layer.work().extents().isPresent()) {
                layers.add(new LayerFigures(
                        variant.model(),
                        variant.method(),
                        device.profile().id(),
                        layer.work().node(),
                        arithmetic(layer),
                        layer.work().operations(),
                        layer.work().bytes(),
                        layer.seconds(),
                        layer.bound().name().toLowerCase(Locale.ROOT),
                        Evidence.MODELLED));
            }
        }
        return new Run(
                device.row(variant, alone, stream, measured),
                layers,
                new MethodEffect.Total(variant.weightBytes(), operations, seconds));
    }

    private String arithmetic(Estimate.Layer layer) {
        BoardModel board = device.board();
        return switch (board) {
            case PipelineModel pipeline -> layer.work().multiply().toString();
            case RooflineModel roofline -> {
                Carrier carrier = layer.work().multiply().carrier();
                yield roofline.profile().peaks().containsKey(carrier) ? carrier.label() : Carrier.F32.label();
            }
        };
    }

    private void note(Design design) {
        for (Design.Array array : design.arrays()) {
            arrays.merge(array.multiply().toString(), 2.0 * array.multipliers() * design.megahertz() * 1e6, Math::max);
        }
    }

    /** The board with the ceilings that its models went by. */
    ComparedDevice device() {
        DeviceProfile profile = device.profile();
        List<ComparedDevice.Ceiling> compute = new ArrayList<>();
        BoardModel board = device.board();
        switch (board) {
            case PipelineModel pipeline ->
                arrays.forEach((name, most) -> compute.add(new ComparedDevice.Ceiling(
                        name, most, "the largest array of such multipliers in a design for these networks")));
            case RooflineModel roofline ->
                roofline.profile()
                        .peaks()
                        .forEach((carrier, peak) -> compute.add(
                                new ComparedDevice.Ceiling(carrier.label(), peak.value() * 1e9, peak.source())));
        }
        Optional<Figure> bandwidth =
                profile.memory().sustained().or(() -> profile.memory().bandwidth());
        return new ComparedDevice(
                profile.id(),
                profile.name(),
                profile.deviceClass().label(),
                Evidence.MODELLED,
                profile.power().map(watts -> OptionalDouble.of(watts.value())).orElse(OptionalDouble.empty()),
                compute,
                bandwidth.stream()
                        .map(figure -> new ComparedDevice.Ceiling("memory", figure.value() * 1e9, figure.source()))
                        .toList());
    }
}

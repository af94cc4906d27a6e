// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

import dev.inlay.DeviceException;
import dev.inlay.compiler.Approximation;
import dev.inlay.compiler.calibrate.Runner;
import dev.inlay.compiler.recipe.Recipe;
import dev.inlay.graph.GraphException;
import dev.inlay.plan.Evidence;
import dev.inlay.tools.data.LabelledImages;
import dev.inlay.tools.measure.CalibrationDraw;
import dev.inlay.tools.measure.ComparisonRow;
import dev.inlay.tools.measure.Variant;
import dev.inlay.tools.model.ModelFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs models by methods on devices, one combination after another. */
public final class Comparer {
    private final LabelledImages images;
    private final int batch;
    private final List<MeasuredRuns> devices;
    private final List<ModelledRuns> boards;
    private final Watcher watcher;

    private final List<ComparisonRow> rows = new ArrayList<>();
    private final List<LayerFigures> layers = new ArrayList<>();
    private final List<MethodEffect> effects = new ArrayList<>();
    private final List<Residual> residuals = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private final Map<String, MethodEffect.Total> exact = new HashMap<>();

    /** Is told of what is under way. */
    public interface Watcher {
        /** Something begins; what began before is done. */
        void begins(String what);

        /** A device ran a network. */
        void ran(Variant variant, MeasuredRuns.Run run);
    }

    public Comparer(
            LabelledImages images, int batch, List<MeasuredRuns> devices, List<ModelledRuns> boards, Watcher watcher) {
        this.images = images;
        this.batch = batch;
        this.devices = devices;
        this.boards = boards;
        this.watcher = watcher;
    }

    /** Things that {@link Watcher#begins} is told of. */
    public static int steps(int models, int recipes, int devices) {
        return models * (recipes + (recipes + 1) * devices);
    }

    /** A model as it is, then by each recipe, calibrated on what was drawn for it. */
    public void run(ModelFile model, List<Recipe> recipes, CalibrationDraw draw) throws IOException {
        run(Variant.exact(model));
        for (Recipe recipe : recipes) {
            Optional<Variant> variant = approximated(model, recipe, draw);
            if (variant.isPresent()) {
                run(variant.get());
            }
        }
    }

    /** All that was run until now, and what follows from it. */
    public Comparison comparison(Setting setting, List<SweepPoint> sweep, List<NetworkPower> power) {
        List<ComparedDevice> compared = new ArrayList<>();
        devices.forEach(device -> compared.add(device.device()));
        boards.forEach(board -> compared.add(board.device()));
        List<ParetoFront> fronts = ParetoFront.of(rows);
        Answer answer = new Answer(rows, residuals);
        Findings findings = new Findings(rows, fronts, layers, effects, residuals);
        return new Comparison(
                answer.sentence(),
                findings.sentences(sweep, power),
                answer.choices(),
                setting,
                List.copyOf(rows),
                fronts,
                compared,
                List.copyOf(layers),
                List.copyOf(effects),
                sweep,
                power,
                List.copyOf(residuals),
                List.copyOf(faults));
    }

    private Optional<Variant> approximated(ModelFile model, Recipe recipe, CalibrationDraw draw) throws IOException {
        watcher.begins(model.name() + " as " + recipe.name());
        try {
            Approximation approximation =
                    Approximation.of(draw.graph(), recipe, draw.data(), Runner::reference, () -> {});
            return Optional.of(Variant.approximated(model, recipe.name(), approximation));
        } catch (GraphException e) {
            faults.add(Fault.of(model.name(), recipe.name(), "", e));
            return Optional.empty();
        }
    }

    private void run(Variant variant) throws IOException {
        List<ComparisonRow> measured = new ArrayList<>();
        for (MeasuredRuns device : devices) {
            String id = device.description().id();
            watcher.begins(variant.model() + " as " + variant.method() + " on " + id);
            try {
                MeasuredRuns.Run run = device.run(variant, images, batch);
                watcher.ran(variant, run);
                measured.add(run.row());
                layers.addAll(run.layers());
                run.total().ifPresent(total -> effect(variant, id, total, Evidence.MEASURED));
                run.residual().ifPresent(residuals::add);
            } catch (DeviceException e) {
                faults.add(Fault.of(variant.model(), variant.method(), id, e));
            }
        }
        rows.addAll(measured);
        for (ModelledRuns board : boards) {
            ModelledRuns.Run run = board.run(variant, batch, measured);
            rows.add(run.row());
            layers.addAll(run.layers());
            effect(variant, run.row().device(), run.total(), Evidence.MODELLED);
        }
    }

    private void effect(Variant variant, String device, MethodEffect.Total total, Evidence evidence) {
        String key = variant.model() + " on " + device;
        if (variant.method().equals(Variant.EXACT)) {
            exact.put(key, total);
        } else if (exact.containsKey(key)) {
            effects.add(MethodEffect.of(variant.model(), variant.method(), device, exact.get(key), total, evidence));
        }
    }
}

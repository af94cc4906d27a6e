// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

import dev.inlay.compiler.calibrate.CalibrationData;
import dev.inlay.plan.Evidence;
import dev.inlay.tools.Samples;
import dev.inlay.tools.measure.CalibrationDraw;
import dev.inlay.tools.measure.ComparisonRow;
import dev.inlay.tools.measure.Variant;
import dev.inlay.tools.zoo.Zoo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeMap;

/** A comparison of figures drawn from a seed. */
final class RandomComparison {
    /** A name that would end the script and run another if it were not kept as text. */
    static final String HOSTILE =
            "</script><script>window.taken = 1</script><img src=x onerror='window.taken = 2'> {a|b} & \"c\"";

    static final List<String> MODELS = List.of("lenet5", HOSTILE);
    private static final List<String> METHODS = List.of(Variant.EXACT, "int8", "w4a8", "ternary");
    private static final List<String> HERE = List.of("pocl/pthread-0", "pocl/basic-0");
    private static final List<String> BOARDS = List.of("stratix10-gx2800", "titan-x-pascal");

    private final Random random;

    private RandomComparison(long seed) {
        this.random = new Random(seed);
    }

    static Comparison of(long seed) {
        return new RandomComparison(seed).comparison();
    }

    private double positive() {
        return Math.exp(6 * random.nextGaussian());
    }

    private Comparison comparison() {
        List<ComparisonRow> rows = new ArrayList<>();
        List<LayerFigures> layers = new ArrayList<>();
        List<MethodEffect> effects = new ArrayList<>();
        List<Residual> residuals = new ArrayList<>();
        for (String model : MODELS) {
            for (String method : METHODS) {
                for (String device : HERE) {
                    rows.add(row(model, method, device, Evidence.MEASURED));
                    residuals.add(Residual.of(model, method, device, 50, positive(), positive(), "ceilings"));
                }
                BOARDS.forEach(device -> rows.add(row(model, method, device, Evidence.MODELLED)));
            }
        }
        for (ComparisonRow row : rows) {
            Evidence evidence = row.evidence().get("samplesPerSecond");
            for (String node : List.of("conv1", HOSTILE)) {
                layers.add(new LayerFigures(
                        row.model(),
                        row.method(),
                        row.device(),
                        node,
                        "f32",
                        1 + random.nextInt(1 << 20),
                        1 + random.nextInt(1 << 20),
                        positive() * 1e-6,
                        "memory",
                        evidence));
            }
            if (!row.method().equals(Variant.EXACT)) {
                effects.add(MethodEffect.of(
                        row.model(),
                        row.method(),
                        row.device(),
                        new MethodEffect.Total(1 << 20, 1e6, 1 + random.nextDouble()),
                        new MethodEffect.Total(1 + random.nextInt(1 << 20), 1e5 + 1e6 * random.nextDouble(), 1),
                        evidence));
            }
        }
        List<SweepPoint> sweep = new ArrayList<>();
        List<NetworkPower> power = new ArrayList<>();
        for (String device : BOARDS) {
            for (String format : List.of("f32", "8 bit", "binary")) {
                sweep.add(new SweepPoint(
                        Zoo.ALEXNET.title(), device, format, 8, positive(), positive(), "compute", Evidence.MODELLED));
            }
            power.add(new NetworkPower(
                    Zoo.ALEXNET.title(),
                    Variant.EXACT,
                    device,
                    1_000_000,
                    10,
                    positive(),
                    positive(),
                    Evidence.MODELLED));
        }
        List<ParetoFront> fronts = ParetoFront.of(rows);
        Answer answer = new Answer(rows, residuals);
        return new Comparison(
                answer.sentence(),
                new Findings(rows, fronts, layers, effects, residuals).sentences(sweep, power),
                answer.choices(),
                new Setting("images", 1000, 50, draw(), OptionalDouble.of(0.25)),
                rows,
                fronts,
                devices(),
                layers,
                effects,
                sweep,
                power,
                residuals,
                List.of(new Fault(HOSTILE, "int8", HERE.getFirst(), HOSTILE)));
    }

    private static CalibrationDraw draw() {
        return new CalibrationDraw(
                "images", Optional.empty(), 4, 1, Samples.small(), new CalibrationData(1, index -> Map.of()));
    }

    private List<ComparedDevice> devices() {
        List<ComparedDevice> devices = new ArrayList<>();
        for (String id : HERE) {
            devices.add(device(id, Evidence.MEASURED));
        }
        BOARDS.forEach(id -> devices.add(device(id, Evidence.MODELLED)));
        return devices;
    }

    private static ComparedDevice device(String id, Evidence evidence) {
        return new ComparedDevice(
                id,
                id,
                "cpu",
                evidence,
                OptionalDouble.empty(),
                List.of(new ComparedDevice.Ceiling("f32", 1e11, HOSTILE)),
                List.of(new ComparedDevice.Ceiling("memory", 1e10, HOSTILE)));
    }

    ComparisonRow row(String model, String method, String device, Evidence evidence) {
        boolean here = evidence == Evidence.MEASURED;
        Map<String, Evidence> of = new TreeMap<>(Map.of(
                "top1", here ? evidence : Evidence.EMULATED, "latencyMs", evidence, "samplesPerSecond", evidence));
        if (!here) {
            of.put("joulesPerSample", evidence);
        }
        return new ComparisonRow(
                model,
                method,
                device,
                "cpu",
                1000,
                OptionalDouble.of(random.nextDouble()),
                OptionalDouble.of(positive()),
                OptionalDouble.of(positive()),
                here ? OptionalDouble.empty() : OptionalDouble.of(positive()),
                1 + random.nextInt(1 << 24),
                1 + random.nextDouble(),
                OptionalDouble.empty(),
                of);
    }
}

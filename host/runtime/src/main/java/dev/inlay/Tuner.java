// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import dev.inlay.graph.Graph;
import dev.inlay.graph.Value;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Plan;
import dev.inlay.plan.cost.Calibration;
import dev.inlay.plan.cost.CostCurve;
import dev.inlay.plan.cost.CostModel;
import dev.inlay.plan.cost.TuningFormat;
import dev.inlay.plan.cost.TuningNetworks;
import dev.inlay.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Measures what the steps of networks take on one device, one request at a time. Each step counts once, with the median
 * of its times.
 */
public final class Tuner {
    private static final int FEWEST = 7;
    private static final int MOST = 200;
    private static final double WARM_SECONDS = 0.2;

    /** Of the first session, with which the code around it is compiled too. */
    private static final double COLD_SECONDS = 2;

    private static final double LEAST_SECONDS = 0.5;

    /** Of requests that say what there is beside steps: in longer ones that is lost in the noise. */
    private static final double SHORT_SECONDS = 1e-3;

    private final Engine engine;
    private final DeviceDescription device;
    private final List<CostCurve.Sample> samples = new ArrayList<>();
    private final List<Double> visits = new ArrayList<>();
    private boolean cold = true;

    public Tuner(Engine engine, DeviceDescription device) {
        this.engine = engine;
        this.device = device;
    }

    /**
     * A calibration from the networks that ship.
     *
     * @param formats that contractions are measured in
     * @param progress is told the name of each network before it is measured
     * @throws DeviceException if the device fails
     */
    public static Calibration calibrate(
            Engine engine, DeviceDescription device, List<TuningFormat> formats, Consumer<String> progress) {
        Tuner tuner = new Tuner(engine, device);
        List<TuningFormat> chosen = device.isReference() ? List.of(TuningFormat.F32) : formats;
        for (TuningFormat format : chosen) {
            List<Graph> networks = device.isReference() ? TuningNetworks.digits(format) : TuningNetworks.of(format);
            for (Graph network : networks) {
                progress.accept(network.name());
                tuner.measure(network);
            }
        }
        return tuner.calibration();
    }

    /** Adds what a graph takes, all of it on this device. */
    public void measure(Graph graph) {
        CompiledModel model = engine.compile(graph, CompileOptions.on(device.id()));
        try (Session session = model.open()) {
            add(model, measured(session, inputs(model.graph())));
        }
    }

    /**
     * What requests took, one at a time.
     *
     * @param requests of each the seconds of its steps, as {@link Session#profile} has them
     * @param seconds of a request whose steps were not, the median
     */
    public record Measured(List<Map<Integer, Double>> requests, double seconds) {
        public Measured {
            requests = List.copyOf(requests);
        }

        /** Seconds of a step, the median. */
        public double seconds(int step) {
            return median(requests.stream().map(each -> each.get(step)).toList());
        }
    }

    /** Adds what the steps of a compiled model took. */
    public void add(CompiledModel model, Measured measured) {
        Plan plan = model.plan();
        double all = 0;
        for (int step = 0; step < plan.steps().size(); step++) {
            if (plan.steps().get(step).device().equals(device.id())) {
                double seconds = measured.seconds(step);
                all += seconds;
                if (seconds > 0) {
                    samples.add(new CostCurve.Sample(
                            CostModel.workload(model.graph(), plan, plan.steps().get(step)), seconds));
                }
            }
        }
        if (all < SHORT_SECONDS) {
            visits.add(Math.max(0, measured.seconds - all));
        }
    }

    /** All that was added. */
    public Calibration calibration() {
        return new Calibration(
                Calibration.SCHEMA_VERSION,
                device.id(),
                device.driver(),
                device.isReference() ? 0 : median(visits),
                samples);
    }

    /** The times of several requests, after some that warm up: of short ones more, since they vary more. */
    public Measured measured(Session session, Map<String, Tensor> inputs) {
        warm(session, inputs);
        List<Map<Integer, Double>> requests = new ArrayList<>();
        List<Double> seconds = new ArrayList<>();
        long begin = System.nanoTime();
        while (requests.size() < FEWEST || (requests.size() < MOST && secondsSince(begin) < LEAST_SECONDS)) {
            requests.add(session.profile(inputs));
            long start = System.nanoTime();
            session.run(inputs);
            seconds.add(secondsSince(start));
        }
        return new Measured(requests, median(seconds));
    }

    private void warm(Session session, Map<String, Tensor> inputs) {
        long begin = System.nanoTime();
        double least = cold ? COLD_SECONDS : WARM_SECONDS;
        do {
            session.profile(inputs);
            session.run(inputs);
        } while (secondsSince(begin) < least);
        cold = false;
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) * 1e-9;
    }

    private static Map<String, Tensor> inputs(Graph graph) {
        SplittableRandom random = new SplittableRandom(1);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        for (Value value : graph.inputs()) {
            Tensor tensor = Tensor.allocate(value.type(), value.shape());
            for (long i = 0; i < tensor.elements(); i++) {
                tensor.set(i, random.nextDouble());
            }
            inputs.put(value.name(), tensor);
        }
        return inputs;
    }

    private static double median(List<Double> numbers) {
        double[] sorted =
                numbers.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
    }
}

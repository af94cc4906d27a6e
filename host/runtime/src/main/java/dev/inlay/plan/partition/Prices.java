// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

/**
 * What a unit of each resource is worth, in units of the objective; at least 0 all of them.
 *
 * @param latency of a second of a request
 * @param busy of a second of each device
 * @param joules of a joule
 * @param weight of a byte of weights on each device
 * @param cut of a cut
 */
record Prices(double latency, double[] busy, double joules, double[] weight, double cut) {
    /** The objective alone; of throughput, every device's second at the same price. */
    static Prices of(Instance instance) {
        double[] busy = new double[instance.devices()];
        boolean throughput = instance.objective() == Objective.THROUGHPUT;
        java.util.Arrays.fill(busy, throughput ? 1.0 / instance.devices() : 0);
        return new Prices(
                instance.objective() == Objective.LATENCY ? 1 : 0,
                busy,
                instance.objective() == Objective.ENERGY ? 1 : 0,
                new double[instance.devices()],
                0);
    }

    double option(Instance.Option option) {
        return (latency + busy[option.device()]) * option.seconds()
                + joules * option.joules()
                + weight[option.device()] * option.weightBytes();
    }

    double handOver(Instance instance, int value, int from, int to) {
        return (latency + busy[from] + busy[to]) * instance.handOver(value, from, to);
    }

    double convert(Instance instance, int value, int device, int from, int to) {
        return (latency + busy[device]) * instance.convert(value, device, from, to);
    }
}

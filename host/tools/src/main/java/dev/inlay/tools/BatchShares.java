// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import dev.inlay.CompileOptions;
import dev.inlay.CompiledModel;
import dev.inlay.Engine;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Evidence;
import dev.inlay.plan.cost.CostModel;
import dev.inlay.plan.partition.BatchSplit;
import dev.inlay.plan.partition.Partition;
import dev.inlay.tools.model.ModelFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A batch split by samples over devices that each compute the whole network, beside the same batch sent through a
 * partition sample by sample.
 *
 * @param samples of each device
 * @param ms until the slowest device is done
 * @param partitionedMs of the partition
 * @param why the two beside each other
 */
record BatchShares(Map<String, Long> samples, double ms, double partitionedMs, String why, Evidence evidence) {
    /** The shares of which the slowest device is done soonest; what a device takes grows evenly with its samples. */
    static BatchShares of(
            Engine engine, List<DeviceDescription> devices, ModelFile file, int batch, Partition partition)
            throws IOException {
        CostModel costs = engine.costs(devices);
        List<BatchSplit.Worker> workers = new ArrayList<>();
        for (DeviceDescription device : devices) {
            double one = seconds(engine, device, file, 1, costs);
            double all = seconds(engine, device, file, batch, costs);
            double each = Math.max(0, (all - one) / (batch - 1));
            workers.add(new BatchSplit.Worker(device.id(), Math.max(0, one - each), each, OptionalLong.empty()));
        }
        BatchSplit split = BatchSplit.best(batch, workers);
        return new BatchShares(
                split.samples(),
                split.seconds() * 1e3,
                BatchSplit.seconds(partition, batch) * 1e3,
                split.words(partition),
                Evidence.MODELLED);
    }

    private static double seconds(Engine engine, DeviceDescription device, ModelFile file, int batch, CostModel costs)
            throws IOException {
        CompiledModel alone = engine.compile(file.batched(batch), CompileOptions.on(device.id()));
        return costs.latencySeconds(alone.graph(), alone.plan());
    }
}

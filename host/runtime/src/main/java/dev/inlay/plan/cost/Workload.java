// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.cost;

import dev.inlay.kernels.KernelId;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Step;
import dev.inlay.plan.Work;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the time of a step depends on.
 *
 * @param families what the step is, from the most exact name to the least: its kernel with formats and tile, the kernel
 *     with its formats, the kernel, all steps
 * @param operations additions and multiplications, those more that a device does whose cores do not end together
 * @param bytes read and written, likewise
 * @param coldBytes of those what no cache is expected to hold
 */
public record Workload(List<String> families, double operations, double bytes, double coldBytes) {
    /** Memory that a step may touch and still find in a cache the next time: of the processors measured, the last level. */
    private static final long WARM_BYTES = 4 << 20;

    /** Defines that change what a kernel does at its end, which takes no time that counts. */
    private static final Set<String> INCIDENTAL =
            Set.of("ACTIVATION", "RESIDUAL", "R_FORMAT", "Y_ODD", "FUNCTION", "OPERATOR");

    /** Values of these that do take time. */
    private static final Set<String> DEAR = Set.of("TANH", "SIGMOID", "HARDSWISH", "ERF", "EXP", "POW");

    /** Defines that change how fast a kernel is and not what it computes. */
    private static final Set<String> TILE = Set.of("MR", "NV", "VW", "LM", "TILES", "UNROLL", "PV", "PR");

    public Workload {
        families = List.copyOf(families);
    }

    /** A hand-over of bytes from the host to a device. */
    public static Workload upload(long bytes) {
        return new Workload(List.of("upload"), 0, (double) bytes, cold(bytes));
    }

    /** A hand-over of bytes from a device to the host. */
    public static Workload download(long bytes) {
        return new Workload(List.of("download"), 0, (double) bytes, cold(bytes));
    }

    /** A node that plain Java computes. */
    public static Workload java(String title, long operations, long bytes) {
        return new Workload(List.of("java " + title, "java"), (double) operations, (double) bytes, cold(bytes));
    }

    /** A kernel launch. */
    public static Workload of(Step.Launch launch, DeviceDescription device) {
        Workload even = of(launch.kernel(), launch.work());
        double uneven = uneven(launch, Math.max(1, device.computeUnits()));
        return new Workload(even.families, even.operations * uneven, even.bytes * uneven, even.coldBytes * uneven);
    }

    /** A launch of a kernel whose work-groups keep all cores busy to the end. */
    public static Workload of(KernelId kernel, Work work) {
        return new Workload(
                List.of(
                        named(kernel, INCIDENTAL, Set.of()),
                        named(kernel, INCIDENTAL, TILE) + " of any tile",
                        kernel.spec() + " in any format",
                        "kernel"),
                (double) work.operations(),
                (double) work.bytes(),
                cold(work.bytes()));
    }

    private static String named(KernelId kernel, Set<String> without, Set<String> nor) {
        Map<String, String> defines = new TreeMap<>(kernel.defines());
        defines.entrySet().removeIf(each -> without.contains(each.getKey()) && !DEAR.contains(each.getValue()));
        defines.keySet().removeAll(nor);
        return KernelId.of(kernel.spec(), defines).toString();
    }

    private static double cold(long bytes) {
        return (double) Math.max(0, bytes - WARM_BYTES);
    }

    /** How much longer the core that gets the most work-groups is busy than if all got the same. */
    private static double uneven(Step.Launch launch, int units) {
        double groups = 1;
        for (int axis = 0; axis < launch.global().size(); axis++) {
            groups *= (double) launch.global().get(axis) / launch.local().get(axis);
        }
        return Math.ceil(groups / units) * units / groups;
    }
}

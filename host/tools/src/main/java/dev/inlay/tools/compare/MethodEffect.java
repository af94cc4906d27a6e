// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

import dev.inlay.plan.Evidence;
import java.util.ArrayList;
import java.util.List;

/**
 * What a method does to a model on a device, as factors over the model as it was; above 1 is better. The time of the
 * kernels falls by {@code work} times {@code arithmetic}.
 *
 * @param memory bytes of the weights before over those after
 * @param work operations done before over those after
 * @param arithmetic operations a second after over those before
 * @param speedUp time of all kernels of a batch before over that after
 * @param helps which of {@code memory}, {@code work} and {@code arithmetic} are better by more than
 *     {@value #NOTICEABLE}
 * @param evidence of the times
 */
public record MethodEffect(
        String model,
        String method,
        String device,
        double memory,
        double work,
        double arithmetic,
        double speedUp,
        List<String> helps,
        Evidence evidence) {
    /** A factor that is more than noise. */
    static final double NOTICEABLE = 1.1;

    /**
     * All that the kernels of a batch did.
     *
     * @param weightBytes of the weights in the model
     * @param operations that were done, above 0
     * @param seconds that they took, above 0
     */
    public record Total(long weightBytes, double operations, double seconds) {}

    /** From what was done before and after. */
    static MethodEffect of(String model, String method, String device, Total before, Total after, Evidence evidence) {
        double memory = (double) before.weightBytes() / Math.max(1, after.weightBytes());
        double work = before.operations() / after.operations();
        double speedUp = before.seconds() / after.seconds();
        double arithmetic = speedUp / work;
        List<String> helps = new ArrayList<>();
        if (memory > NOTICEABLE) {
            helps.add("memory");
        }
        if (work > NOTICEABLE) {
            helps.add("work");
        }
        if (arithmetic > NOTICEABLE) {
            helps.add("arithmetic");
        }
        return new MethodEffect(model, method, device, memory, work, arithmetic, speedUp, List.copyOf(helps), evidence);
    }
}

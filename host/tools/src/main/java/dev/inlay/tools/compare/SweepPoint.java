// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

import dev.inlay.plan.Evidence;

/**
 * A network in one format on one board.
 *
 * @param format what weights and activations are: {@code f32}, a number of bits, {@code ternary} or {@code binary}
 * @param bits of a weight as it is held
 * @param samplesPerSecond images a second
 * @param operationsPerSecond that makes, a multiply-add being 2
 * @param bound {@code compute}, {@code memory} or {@code launch}
 * @param evidence of the figures
 */
public record SweepPoint(
        String model,
        String device,
        String format,
        int bits,
        double samplesPerSecond,
        double operationsPerSecond,
        String bound,
        Evidence evidence) {}

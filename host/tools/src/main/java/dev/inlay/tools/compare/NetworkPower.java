// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

import dev.inlay.plan.Evidence;

/**
 * A large network on a board whose draw is known.
 *
 * @param operations of one image, a multiply-add being 2
 * @param watts the board's draw by its profile
 * @param samplesPerSecond images a second
 * @param samplesPerJoule images for each joule
 * @param evidence of the figures
 */
public record NetworkPower(
        String model,
        String method,
        String device,
        long operations,
        double watts,
        double samplesPerSecond,
        double samplesPerJoule,
        Evidence evidence) {}

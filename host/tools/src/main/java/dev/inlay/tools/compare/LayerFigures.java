// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

import dev.inlay.plan.Evidence;

/**
 * One layer that contracts, in a batch.
 *
 * @param node its name
 * @param arithmetic which of the device's ceilings of operations it meets
 * @param operations that are done, a multiply-add being 2
 * @param bytes read and written once
 * @param seconds that it takes
 * @param bound {@code compute}, {@code memory} or {@code launch}
 * @param evidence of {@code seconds}
 */
public record LayerFigures(
        String model,
        String method,
        String device,
        String node,
        String arithmetic,
        long operations,
        long bytes,
        double seconds,
        String bound,
        Evidence evidence) {}

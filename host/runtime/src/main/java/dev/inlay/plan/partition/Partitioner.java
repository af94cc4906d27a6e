// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

/** Chooses a candidate for every node. */
public interface Partitioner {
    /**
     * The best partition found.
     *
     * @throws PartitionException if there is none, or the objective needs a figure that is not there
     */
    Partition partition(PartitionProblem problem, Objective objective);
}

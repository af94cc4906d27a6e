// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import dev.inlay.plan.partition.Partition;
import dev.inlay.plan.partition.PartitionProblem;

/**
 * How a graph came to be spread over devices.
 *
 * @param problem what each choice costs
 * @param partition what was chosen
 */
public record Partitioned(PartitionProblem problem, Partition partition) {}

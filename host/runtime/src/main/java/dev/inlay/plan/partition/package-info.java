// SPDX-License-Identifier: Apache-2.0
/**
 * Which device computes which node, with which kernel and in which layout. A
 * {@link dev.inlay.plan.partition.PartitionProblem} holds the prices and the limits, a
 * {@link dev.inlay.plan.partition.Partitioner} answers with a {@link dev.inlay.plan.partition.Partition}, and
 * {@link dev.inlay.plan.partition.Explanation} says why. Nothing here knows a graph, a kernel or a device beyond its
 * name and its prices, and nothing but {@code java.*} is needed.
 *
 * <p><b>What is priced.</b> Within a request steps run one after another in one order, so its latency is the sum of the
 * chosen candidates, hand-overs, conversions and swaps. Requests overlap across devices, and each device does one thing
 * at a time, so the period between two answers is the time of the busiest device; a hand-over keeps both its ends busy.
 * A value crosses to another device at most once, in the exchange layout, whatever number of nodes read it there; a
 * device makes each further layout of a value at most once, from the one in which it was made there or arrived.
 */
@NullMarked
package dev.inlay.plan.partition;

import org.jspecify.annotations.NullMarked;

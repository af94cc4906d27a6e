// SPDX-License-Identifier: Apache-2.0
/**
 * What a board that is not here would take, from its profile: a pipeline on an FPGA, a roofline on a GPU or a processor.
 *
 * <p>{@link dev.inlay.plan.model.BoardModel#of} gives the model of a profile and {@link
 * dev.inlay.plan.model.BoardModel#estimate} the estimate of a graph, layer by layer, each in the formats in which the
 * graph holds its operands. All of it is MODELLED.
 */
@NullMarked
package dev.inlay.plan.model;

import org.jspecify.annotations.NullMarked;

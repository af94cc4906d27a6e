// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

import java.lang.foreign.MemorySegment;

/**
 * A region of a buffer that the host may touch until it is unmapped.
 *
 * @param buffer the buffer it belongs to
 * @param memory the region in the host's address space; touching it after unmapping is undefined
 */
public record Mapping(ClBuffer buffer, MemorySegment memory) {}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

/**
 * What a step costs in units that a device's ceilings are given in.
 *
 * @param carrier the arithmetic: {@code f32}, {@code u8s8}
 * @param operations additions and multiplications, a multiply-add being 2
 * @param bytes memory read and written once
 */
public record Work(String carrier, long operations, long bytes) {}

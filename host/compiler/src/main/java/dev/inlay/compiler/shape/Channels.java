// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.shape;

/**
 * The channels of a value.
 *
 * @param axis along which they lie
 * @param ids for each position of the axis, its channel; a channel may have several, as pixels do behind a Flatten
 */
@SuppressWarnings("ArrayRecordComponent")
record Channels(int axis, int[] ids) {
    Channels at(int other) {
        return new Channels(other, ids);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan;

import dev.inlay.tensor.NumberFormat;
import dev.inlay.tensor.Shape;

/**
 * A value as it lies in the memory of one device. One value of the graph may be stored several times: on several
 * devices, or in several layouts.
 *
 * @param id position in {@link Plan#stored()}
 * @param value name of the graph's value
 * @param device id of the device; {@link DeviceDescription#REFERENCE} is the host, in plain layout
 * @param held how its numbers are held
 * @param shape ONNX's extents
 * @param layout how it lies
 * @param region where it lies; several may share one
 */
public record Stored(int id, String value, String device, Held held, Shape shape, Layout layout, int region) {
    /** The format of one element. */
    public NumberFormat format() {
        return held.format();
    }

    public long[] strides() {
        return layout.strides(shape, format());
    }

    public long base() {
        return layout.base(shape, format());
    }

    public long bytes() {
        return layout.elements(shape, format()) * format().elementBytes();
    }

    /** Whether its elements lie as those of a plain tensor. */
    public boolean isPlain() {
        return layout.isPlainMemory(shape, format());
    }

    public boolean onHost() {
        return device.equals(DeviceDescription.REFERENCE);
    }
}

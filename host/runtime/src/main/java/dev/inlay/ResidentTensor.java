// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.backend.opencl.binding.ClBuffer;
import dev.inlay.backend.opencl.binding.Sync;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * A tensor that stays where it was computed, row-major: in the memory of a device, or on the host. A session of the same
 * engine takes it as an input; on the same device it is then copied within the device and never passes over the host.
 *
 * <p>It may be read by several threads and sessions at once. It must be closed before its engine.
 */
public final class ResidentTensor implements AutoCloseable {
    private sealed interface Memory {
        record OnHost(MemorySegment data) implements Memory {}

        record OnDevice(OpenClDevice device, ClBuffer buffer) implements Memory {}
    }

    private final ElementType type;
    private final Shape shape;
    private final Memory memory;
    /** Those who still need the memory: the owner until it closes, and every run that reads it. */
    private int holders = 1;

    private boolean closed;

    private ResidentTensor(ElementType type, Shape shape, Memory memory) {
        this.type = type;
        this.shape = shape;
        this.memory = memory;
    }

    /** A tensor on the host; the memory is shared, not copied. */
    public static ResidentTensor of(Tensor tensor) {
        return new ResidentTensor(tensor.type(), tensor.shape(), new Memory.OnHost(tensor.data()));
    }

    /** Takes over a buffer that begins with the tensor's elements. */
    static ResidentTensor of(ElementType type, Shape shape, OpenClDevice device, ClBuffer buffer) {
        return new ResidentTensor(type, shape, new Memory.OnDevice(device, buffer));
    }

    public ElementType type() {
        return type;
    }

    public Shape shape() {
        return shape;
    }

    /** Id of the device that it lies on, {@link DeviceDescription#REFERENCE} for the host. */
    public String device() {
        return switch (memory) {
            case Memory.OnHost host -> DeviceDescription.REFERENCE;
            case Memory.OnDevice(OpenClDevice device, ClBuffer buffer) ->
                device.description().id();
        };
    }

    /**
     * A new host tensor with its elements.
     *
     * @throws IllegalStateException if it is closed
     * @throws DeviceException if the device fails
     */
    public Tensor read() {
        hold();
        try {
            Tensor result = Tensor.allocate(type, shape);
            copyTo(result.data());
            return result;
        } finally {
            release();
        }
    }

    /** Copies the elements to host memory, for a caller that holds this tensor. */
    void copyTo(MemorySegment target) {
        switch (memory) {
            case Memory.OnHost(MemorySegment data) -> target.copyFrom(data);
            case Memory.OnDevice(OpenClDevice device, ClBuffer buffer) ->
                device.call(
                        "reading " + this, () -> device.api().read(device.queue(), buffer, 0, target, true, Sync.NONE));
        }
    }

    boolean liesOn(OpenClDevice other) {
        return memory instanceof Memory.OnDevice(OpenClDevice device, ClBuffer buffer) && device == other;
    }

    /** Enqueues a copy within the device that it lies on, on that device's thread, for a caller that holds it. */
    void enqueueCopy(ClBuffer target, long offset) {
        if (!(memory instanceof Memory.OnDevice(OpenClDevice device, ClBuffer buffer))) {
            throw new IllegalStateException(this + ": got one on the host, expected one on a device");
        }
        long bytes = shape.elements() * type.bytes();
        device.api().copy(device.queue(), buffer, 0, target, offset, bytes, Sync.NONE);
    }

    /** Keeps the memory alive until {@link #release}. */
    synchronized void hold() {
        if (closed) {
            throw new IllegalStateException(this + ": got a closed one, expected an open one");
        }
        holders++;
    }

    void release() {
        synchronized (this) {
            holders--;
            if (holders > 0) {
                return;
            }
        }
        if (memory instanceof Memory.OnDevice(OpenClDevice device, ClBuffer buffer)) {
            device.call("releasing " + this, () -> {
                device.api().release(buffer);
                return null;
            });
        }
    }

    /** Gives the memory back, as soon as no run reads it any more; closing twice does nothing. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        release();
    }

    @Override
    public String toString() {
        return "resident tensor " + type + " " + shape + " on " + device();
    }
}

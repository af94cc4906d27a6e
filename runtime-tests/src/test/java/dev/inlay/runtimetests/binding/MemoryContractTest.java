// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.binding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.inlay.backend.opencl.binding.BufferFlag;
import dev.inlay.backend.opencl.binding.ClBuffer;
import dev.inlay.backend.opencl.binding.ClEvent;
import dev.inlay.backend.opencl.binding.ClException;
import dev.inlay.backend.opencl.binding.ClStatus;
import dev.inlay.backend.opencl.binding.DeviceInfo;
import dev.inlay.backend.opencl.binding.MapMode;
import dev.inlay.backend.opencl.binding.Mapping;
import dev.inlay.backend.opencl.binding.Placement;
import dev.inlay.backend.opencl.binding.Sync;
import dev.inlay.runtimetests.platform.Target;
import dev.inlay.runtimetests.platform.TestPlatform;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Buffers, transfers and mappings under every binding, on every device of this process's platform. */
@Tag("opencl")
@ParameterizedClass(name = "{0}")
@MethodSource("targets")
class MemoryContractTest {
    @Parameter
    Target target;

    private Rig rig;

    static Stream<Target> targets() {
        return TestPlatform.current().targets();
    }

    @BeforeEach
    void open() {
        Target.Present present = target.orSkip();
        rig = new Rig(present.api(), present.device());
    }

    @AfterEach
    void close() {
        if (rig != null) {
            rig.close();
        }
    }

    @Test
    void readsBackWhatWasWritten() {
        ClBuffer buffer = rig.buffer(64);
        int[] values = IntStream.range(0, 16).toArray();
        rig.write(buffer, rig.ints(values));
        assertArrayEquals(values, rig.readInts(buffer, 16));
    }

    @Test
    void aSliceBeginsWhereItBegins() {
        ClBuffer buffer = rig.buffer(16);
        MemorySegment source = rig.ints(0, 1, 2, 3, 4, 5, 6, 7);
        rig.write(buffer, source.asSlice(12, 16));
        MemorySegment back = rig.ints(new int[8]);
        assertTrue(rig.api
                .read(rig.queue, buffer, 4, back.asSlice(8, 12), true, Sync.NONE)
                .isEmpty());
        assertArrayEquals(new int[] {0, 0, 4, 5, 6, 0, 0, 0}, back.toArray(ValueLayout.JAVA_INT));
    }

    @Test
    void transfersThatNeedNotBlockCompleteWithTheirEvents() {
        ClBuffer buffer = rig.buffer(16);
        MemorySegment back = rig.host(16);
        ClEvent written = rig.own(rig.api
                .write(rig.queue, buffer, 0, rig.ints(5, 6, 7, 8), false, Sync.SIGNAL)
                .orElseThrow());
        ClEvent read = rig.own(rig.api
                .read(rig.queue, buffer, 0, back, false, Sync.after(written).andSignal())
                .orElseThrow());
        rig.api.flush(rig.queue);
        rig.api.waitEvents(List.of(written, read));
        assertArrayEquals(new int[] {5, 6, 7, 8}, back.toArray(ValueLayout.JAVA_INT));
    }

    @Test
    void copiesARegion() {
        ClBuffer from = rig.buffer(32);
        ClBuffer to = rig.buffer(32);
        rig.write(from, rig.ints(0, 1, 2, 3, 4, 5, 6, 7));
        rig.write(to, rig.ints(new int[8]));
        assertTrue(rig.api.copy(rig.queue, from, 4, to, 16, 12, Sync.NONE).isEmpty());
        assertArrayEquals(new int[] {0, 0, 0, 0, 1, 2, 3, 0}, rig.readInts(to, 8));
    }

    @Test
    void fillsARegionWithAPattern() {
        ClBuffer buffer = rig.buffer(32);
        rig.write(buffer, rig.ints(new int[8]));
        assertTrue(rig.api
                .fill(rig.queue, buffer, 8, 16, rig.ints(1, 2), Sync.NONE)
                .isEmpty());
        assertArrayEquals(new int[] {0, 0, 1, 2, 1, 2, 0, 0}, rig.readInts(buffer, 8));
    }

    @Test
    void mapsForWritingAndForReading() {
        ClBuffer buffer = rig.own(rig.api.createBuffer(
                rig.context, Set.of(BufferFlag.READ_WRITE, BufferFlag.HOST_MEMORY), 32, Placement.ANY));
        Mapping writing = rig.api.map(rig.queue, buffer, MapMode.WRITE, 0, 32, List.of());
        assertEquals(32, writing.memory().byteSize());
        for (int i = 0; i < 8; i++) {
            writing.memory().setAtIndex(ValueLayout.JAVA_INT, i, i + 1);
        }
        assertTrue(rig.api.unmap(rig.queue, writing, Sync.NONE).isEmpty());

        Mapping reading = rig.api.map(rig.queue, buffer, MapMode.READ, 8, 8, List.of());
        assertArrayEquals(new int[] {3, 4}, reading.memory().toArray(ValueLayout.JAVA_INT));
        ClEvent unmapped =
                rig.own(rig.api.unmap(rig.queue, reading, Sync.SIGNAL).orElseThrow());
        rig.api.waitEvents(List.of(unmapped));
    }

    @Test
    void aSubBufferIsAViewOfItsParent() {
        int align = (int) (rig.api.deviceInfo(rig.device, DeviceInfo.BASE_ADDRESS_ALIGN_BITS) / 8);
        ClBuffer parent = rig.buffer(align + 16L);
        ClBuffer part = rig.own(rig.api.createSubBuffer(parent, Set.of(BufferFlag.READ_WRITE), align, 16));
        rig.write(part, rig.ints(9, 8, 7, 6));
        int[] all = rig.readInts(parent, align / 4 + 4);
        assertArrayEquals(
                new int[] {9, 8, 7, 6}, IntStream.of(all).skip(align / 4).toArray());
    }

    @Test
    void refusesToReachBeyondABuffer() {
        ClBuffer buffer = rig.buffer(16);
        MemorySegment five = rig.ints(1, 2, 3, 4, 5);
        ClException write =
                assertThrows(ClException.class, () -> rig.api.write(rig.queue, buffer, 0, five, true, Sync.NONE));
        assertEquals("clEnqueueWriteBuffer", write.call());
        assertEquals(ClStatus.INVALID_VALUE, write.status());
        assertEquals("clEnqueueWriteBuffer answered CL_INVALID_VALUE (-30), expected CL_SUCCESS", write.getMessage());
        assertEquals(
                ClStatus.INVALID_VALUE,
                assertThrows(ClException.class, () -> rig.api.read(rig.queue, buffer, 12, five, true, Sync.NONE))
                        .status());
        assertEquals(
                ClStatus.INVALID_VALUE,
                assertThrows(ClException.class, () -> rig.api.copy(rig.queue, buffer, 8, buffer, 0, 16, Sync.NONE))
                        .status());
    }

    @Test
    void refusesHeapMemory() {
        ClBuffer buffer = rig.buffer(16);
        MemorySegment heap = MemorySegment.ofArray(new int[4]);
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> rig.api.write(rig.queue, buffer, 0, heap, true, Sync.NONE))
                .getMessage();
        assertEquals("got a heap segment of 16 bytes, expected native memory from an Arena", message);
    }

    @Test
    @SuppressWarnings("restricted") // nothing reads the segment: it is refused by its size
    void joclRefusesWhatABufferCannotHold() {
        assumeTrue(rig.api.binding().equals("jocl"), "only jocl passes host memory as a ByteBuffer");
        ClBuffer buffer = rig.buffer(16);
        MemorySegment huge = MemorySegment.ofAddress(64).reinterpret(3L << 30);
        String message = assertThrows(
                        IllegalArgumentException.class, () -> rig.api.read(rig.queue, buffer, 0, huge, true, Sync.NONE))
                .getMessage();
        assertEquals(
                "got 3221225472 bytes in one transfer, expected at most 2147483647 with the jocl binding;"
                        + " split it or use the lwjgl binding",
                message);
    }

    @Test
    void refusesABufferThatNoDeviceHolds() {
        ClException empty = assertThrows(ClException.class, () -> rig.buffer(0));
        assertEquals("CL_INVALID_BUFFER_SIZE", empty.status().name());
        assertThrows(ClException.class, () -> rig.buffer(1L << 60));
    }
}

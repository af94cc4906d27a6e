// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.binding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.backend.opencl.binding.Arg;
import dev.inlay.backend.opencl.binding.BinaryResult;
import dev.inlay.backend.opencl.binding.BufferFlag;
import dev.inlay.backend.opencl.binding.BuildResult;
import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.backend.opencl.binding.ClBuffer;
import dev.inlay.backend.opencl.binding.ClContext;
import dev.inlay.backend.opencl.binding.ClDevice;
import dev.inlay.backend.opencl.binding.ClEvent;
import dev.inlay.backend.opencl.binding.ClException;
import dev.inlay.backend.opencl.binding.ClKernel;
import dev.inlay.backend.opencl.binding.ClObject;
import dev.inlay.backend.opencl.binding.ClProgram;
import dev.inlay.backend.opencl.binding.ClQueue;
import dev.inlay.backend.opencl.binding.ClStatus;
import dev.inlay.backend.opencl.binding.DeviceInfo;
import dev.inlay.backend.opencl.binding.Extent;
import dev.inlay.backend.opencl.binding.FaultyApi;
import dev.inlay.backend.opencl.binding.ImaginaryApi;
import dev.inlay.backend.opencl.binding.LedgerApi;
import dev.inlay.backend.opencl.binding.MapMode;
import dev.inlay.backend.opencl.binding.Mapping;
import dev.inlay.backend.opencl.binding.NdRange;
import dev.inlay.backend.opencl.binding.Placement;
import dev.inlay.backend.opencl.binding.RecordingApi;
import dev.inlay.backend.opencl.binding.Sync;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The decorators around a device that is not there. */
class DecoratorTest {
    private static final String SOURCE = "kernel void scale(global float *x, float by) {}";

    private static final ImaginaryApi DEVICE = ImaginaryApi.cpu("imaginary cpu");

    /** A small program that gives back all that it made, also when a call fails. */
    private static void run(ClApi api) {
        List<ClObject> owned = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            ClDevice device = api.devices(api.platforms().getFirst()).getFirst();
            ClContext context = api.createContext(device, _ -> {});
            owned.add(context);
            ClQueue queue = api.createQueue(context, device, false);
            owned.add(queue);
            ClBuffer buffer = api.createBuffer(context, Set.of(BufferFlag.READ_WRITE), 64, Placement.ANY);
            owned.add(buffer);
            ClBuffer part = api.createSubBuffer(buffer, Set.of(BufferFlag.READ_ONLY), 32, 32);
            owned.add(part);
            ClProgram program = api.programFromSource(context, SOURCE);
            owned.add(program);
            BuildResult result = api.build(program, device, "-cl-std=CL1.2");
            if (!result.succeeded()) {
                throw new ClException("clBuildProgram", result.status());
            }
            ClKernel kernel = api.createKernel(program, "scale");
            owned.add(kernel);
            MemorySegment memory = arena.allocate(64, 64);
            memory.setAtIndex(ValueLayout.JAVA_INT, 0, 7);
            ClEvent written =
                    api.write(queue, buffer, 0, memory, false, Sync.SIGNAL).orElseThrow();
            owned.add(written);
            api.setArg(kernel, 1, Arg.of(2f));
            api.setArg(kernel, 0, Arg.of(part));
            assertTrue(api.enqueueNDRange(
                            queue, kernel, NdRange.of(Extent.of(16, 4), Extent.of(4, 4)), Sync.after(written))
                    .isEmpty());
            assertTrue(
                    api.fill(queue, buffer, 4, 8, arena.allocate(4), Sync.NONE).isEmpty());
            Mapping mapping = api.map(queue, buffer, MapMode.READ, 0, 16, List.of());
            assertArrayEquals(new int[] {7, 0, 0, 0}, mapping.memory().toArray(ValueLayout.JAVA_INT));
            assertTrue(api.unmap(queue, mapping, Sync.NONE).isEmpty());
            api.finish(queue);
        } finally {
            owned.reversed().forEach(api::release);
        }
    }

    @Test
    void aRecordingReadsTheSameOnEveryRun() {
        List<String> expected = List.of(
                "context0 = createContext(device0)",
                "queue0 = createQueue(context0, device0, false)",
                "buffer0 = createBuffer(context0, [READ_WRITE], 64)",
                "buffer1 = createSubBuffer(buffer0, [READ_ONLY], 32, 32)",
                "program0 = programFromSource(context0, \"" + SOURCE + "\")",
                "build(program0, device0, \"-cl-std=CL1.2\")",
                "createKernel(program0, \"scale\")",
                "event0 = write(queue0, buffer0, 0, 64 bytes, false)",
                "launch(queue0, scale(buffer1, 2.0f), 16x4/4x4, after [event0])",
                "fill(queue0, buffer0, 4, 8, 4 bytes)",
                "map(queue0, buffer0, READ, 0, 16, [])",
                "unmap(queue0, buffer0 16 bytes)",
                "finish(queue0)",
                "release(event0)",
                "release(scale)",
                "release(program0)",
                "release(buffer1)",
                "release(buffer0)",
                "release(queue0)",
                "release(context0)");
        for (int i = 0; i < 2; i++) {
            RecordingApi recording = new RecordingApi(DEVICE);
            run(recording);
            assertEquals(String.join("\n", expected), String.join("\n", recording.lines()));
            assertEquals(List.of(expected.get(8)), recording.launches());
        }
    }

    @Test
    void aFaultAtEachCallLeavesNothingBehind() {
        FaultyApi counting = FaultyApi.counting(DEVICE);
        run(counting);
        assertEquals(17, counting.calls());
        for (int call = 1; call <= counting.calls(); call++) {
            LedgerApi ledger = new LedgerApi(DEVICE);
            FaultyApi faulty = FaultyApi.failing(ledger, call, ClStatus.OUT_OF_RESOURCES);
            ClException failure = assertThrows(ClException.class, () -> run(faulty));
            assertEquals(ClStatus.OUT_OF_RESOURCES, failure.status());
            assertEquals(Map.of(), ledger.live());
        }
    }

    @Test
    void aFaultHitsTheNthCallOfOneFunction() {
        FaultyApi faulty = FaultyApi.failing(DEVICE, "setArg", 2, ClStatus.INVALID_VALUE);
        assertEquals(
                "setArg (injected fault) answered CL_INVALID_VALUE (-30), expected CL_SUCCESS",
                assertThrows(ClException.class, () -> run(faulty)).getMessage());
        assertEquals(2, faulty.calls());
    }

    @Test
    void aStalledCallIsMadeWhenItIsLetGo() throws InterruptedException {
        LedgerApi ledger = new LedgerApi(DEVICE);
        FaultyApi faulty = FaultyApi.stalling(ledger, 5);
        Thread stalled = Thread.ofPlatform().start(() -> run(faulty));
        assertFalse(stalled.join(Duration.ofMillis(50)));
        assertEquals(5, faulty.calls());
        faulty.letGo();
        stalled.join();
        assertTrue(faulty.calls() > 5);
        assertEquals(Map.of(), ledger.live());
    }

    @Test
    void aLieShowsAtTheFirstUse() {
        FaultyApi faulty = FaultyApi.lying(DEVICE, 0);
        run(faulty);
        assertEquals(1, faulty.calls());
        faulty.from(1);
        assertEquals(
                ClStatus.MEM_OBJECT_ALLOCATION_FAILURE,
                assertThrows(ClException.class, () -> run(faulty)).status());
        run(faulty);
    }

    @Test
    void anInjectedBuildFailureIsAResult() {
        FaultyApi faulty = FaultyApi.failing(DEVICE, "build", 1, ClStatus.BUILD_PROGRAM_FAILURE);
        ClDevice device = faulty.devices(faulty.platforms().getFirst()).getFirst();
        ClProgram program = faulty.programFromSource(faulty.createContext(device, _ -> {}), SOURCE);
        assertEquals(
                new BuildResult(ClStatus.BUILD_PROGRAM_FAILURE, "injected fault"), faulty.build(program, device, ""));
    }

    @Test
    void anInjectedForeignBinaryIsRefused() {
        FaultyApi faulty = FaultyApi.failing(DEVICE, "programFromBinary", 1, ClStatus.INVALID_BINARY);
        ClDevice device = faulty.devices(faulty.platforms().getFirst()).getFirst();
        try (Arena arena = Arena.ofConfined()) {
            assertInstanceOf(
                    BinaryResult.Refused.class,
                    faulty.programFromBinary(faulty.createContext(device, _ -> {}), device, arena.allocate(4)));
        }
    }

    @Test
    void theLedgerNamesWhatIsLeft() {
        LedgerApi ledger = new LedgerApi(DEVICE);
        ClDevice device = ledger.devices(ledger.platforms().getFirst()).getFirst();
        ClContext context = ledger.createContext(device, _ -> {});
        ClBuffer first = ledger.createBuffer(context, Set.of(BufferFlag.READ_WRITE), 4, Placement.ANY);
        ClBuffer second = ledger.createBuffer(context, Set.of(BufferFlag.READ_WRITE), 4, Placement.ANY);
        assertEquals(Map.of("context", 1, "buffer", 2), ledger.live());
        ledger.release(first);
        ledger.release(first);
        assertEquals(Map.of("context", 1, "buffer", 1), ledger.live());
        ledger.release(second);
        ledger.release(context);
        assertEquals(Map.of(), ledger.live());
    }

    @Test
    void anImaginaryDeviceAnswersAsTold() {
        ImaginaryApi small = DEVICE.with(DeviceInfo.MAX_ALLOCATION_BYTES, 16L);
        ClDevice device = small.devices(small.platforms().getFirst()).getFirst();
        assertEquals(16L, small.deviceInfo(device, DeviceInfo.MAX_ALLOCATION_BYTES));
        ClContext context = small.createContext(device, _ -> {});
        assertEquals(
                "CL_INVALID_BUFFER_SIZE",
                assertThrows(
                                ClException.class,
                                () -> small.createBuffer(context, Set.of(BufferFlag.READ_WRITE), 17, Placement.ANY))
                        .status()
                        .name());
    }
}

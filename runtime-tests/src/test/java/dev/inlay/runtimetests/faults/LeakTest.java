// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.CompileOptions;
import dev.inlay.CompiledModel;
import dev.inlay.Engine;
import dev.inlay.Session;
import dev.inlay.backend.opencl.BinaryCache;
import dev.inlay.backend.opencl.binding.LedgerApi;
import dev.inlay.runtimetests.platform.Engines;
import dev.inlay.runtimetests.platform.Network;
import dev.inlay.runtimetests.platform.TestPlatform;
import dev.inlay.tensor.Tensor;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A thousand sessions, one after the other, cost no more memory than a few. */
@Tag("opencl")
final class LeakTest {
    private static final int CYCLES = 1_000;
    private static final int WARM_UP = 200;

    /** A session holds some 0.3 MiB on the device, so that even one leak in ten would show. */
    private static final long RESIDENT_GROWTH_BYTES = 16L << 20;

    /** Native memory that Java's own allocator gave out, after a collection. */
    private static final long ALLOCATED_GROWTH_BYTES = 16L << 10;

    @Test
    void aThousandSessionsLeakNothing() throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                TestPlatform.current() == TestPlatform.POCL, "the other platforms are too slow for this");
        Network network = Network.lenet();
        Map<String, Tensor> inputs = network.inputs(1);
        LedgerApi ledger = new LedgerApi(Engines.api());
        String device = Engines.devices().getLast().id();
        try (Engine engine = Engine.over(ledger, new BinaryCache(Path.of("target", "programs"), 1L << 30))) {
            CompiledModel model = engine.compile(network.graph(), CompileOptions.on(device));
            Map<String, ByteBuffer> expected = network.answer(engine, CompileOptions.on(device), 1);
            Map<String, Integer> shared = ledger.live();
            long resident = 0;
            long allocated = 0;
            for (int cycle = 0; cycle < CYCLES; cycle++) {
                if (cycle % 100 == 0) {
                    collect();
                }
                if (cycle == WARM_UP) {
                    resident = residentBytes();
                    allocated = allocatedBytes();
                }
                try (Session session = model.open()) {
                    assertEquals(expected, Network.bits(session.run(inputs)));
                }
                assertEquals(shared, ledger.live());
            }
            collect();
            long residentGrowth = residentBytes() - resident;
            long allocatedGrowth = allocatedBytes() - allocated;
            assertTrue(residentGrowth < RESIDENT_GROWTH_BYTES, () -> "resident memory grew by " + residentGrowth);
            assertTrue(allocatedGrowth < ALLOCATED_GROWTH_BYTES, () -> "native memory grew by " + allocatedGrowth);
        }
        assertEquals(Map.of(), ledger.live());
    }

    /**
     * Tensors that a run returns go with the collector, their memory a little later. Often enough, this also keeps the
     * Java heap, which is resident too, from growing.
     */
    private static void collect() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(50);
        }
    }

    private static long residentBytes() throws IOException {
        String line = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(each -> each.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
    }

    private static long allocatedBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }
}

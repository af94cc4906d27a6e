// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.binding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.inlay.backend.opencl.binding.Arg;
import dev.inlay.backend.opencl.binding.BinaryResult;
import dev.inlay.backend.opencl.binding.BuildResult;
import dev.inlay.backend.opencl.binding.ClBuffer;
import dev.inlay.backend.opencl.binding.ClException;
import dev.inlay.backend.opencl.binding.ClKernel;
import dev.inlay.backend.opencl.binding.ClProgram;
import dev.inlay.backend.opencl.binding.ClStatus;
import dev.inlay.backend.opencl.binding.Extent;
import dev.inlay.backend.opencl.binding.KernelArgInfo;
import dev.inlay.backend.opencl.binding.NdRange;
import dev.inlay.backend.opencl.binding.Sync;
import dev.inlay.backend.opencl.binding.WorkGroupInfo;
import dev.inlay.runtimetests.platform.OclgrindWatch;
import dev.inlay.runtimetests.platform.Target;
import dev.inlay.runtimetests.platform.TestPlatform;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Programs, kernels and launches under every binding, on every device of this process's platform. */
@Tag("opencl")
@ParameterizedClass(name = "{0}")
@MethodSource("targets")
class ProgramContractTest {
    private static final String ADD = """
            kernel void add(global const float *a, global const float *b, global float *c, int n) {
                int i = get_global_id(0);
                if (i < n) c[i] = a[i] + b[i];
            }
            """;

    @Parameter
    Target target;

    private Target.Present present;
    private Rig rig;

    static Stream<Target> targets() {
        return TestPlatform.current().targets();
    }

    @BeforeEach
    void open() {
        present = target.orSkip();
        rig = new Rig(present.api(), present.device());
    }

    @AfterEach
    void close() {
        if (rig != null) {
            rig.close();
        }
    }

    @Test
    void addsTwoVectors() {
        runAdd(rig.program(ADD));
    }

    private void runAdd(ClProgram program) {
        ClKernel kernel = rig.own(rig.api.createKernel(program, "add"));
        ClBuffer a = rig.buffer(12);
        ClBuffer b = rig.buffer(12);
        ClBuffer c = rig.buffer(12);
        rig.write(a, rig.floats(1, 2, 3));
        rig.write(b, rig.floats(10, 20, 30));
        rig.api.setArg(kernel, 0, Arg.of(a));
        rig.api.setArg(kernel, 1, Arg.of(b));
        rig.api.setArg(kernel, 2, Arg.of(c));
        rig.api.setArg(kernel, 3, Arg.of(3));
        assertTrue(rig.api
                .enqueueNDRange(rig.queue, kernel, NdRange.of(Extent.of(4), Extent.of(2)), Sync.NONE)
                .isEmpty());
        assertArrayEquals(new float[] {11, 22, 33}, rig.read(c, 12).toArray(ValueLayout.JAVA_FLOAT));
    }

    @Test
    void passesEveryKindOfArgument() {
        ClKernel kernel = rig.kernel("""
                kernel void blend(global int *out, int i, long l, float f, local int *scratch) {
                    int x = get_local_id(0), y = get_global_id(1), z = get_global_id(2);
                    scratch[x] = i;
                    barrier(CLK_LOCAL_MEM_FENCE);
                    out[(z * get_global_size(1) + y) * get_global_size(0) + get_global_id(0)]
                        = scratch[1 - x] + (int) (l >> 32) + (int) f + 10 * y + 100 * z;
                }
                """, "blend");
        ClBuffer out = rig.buffer(32);
        rig.api.setArg(kernel, 0, Arg.of(out));
        rig.api.setArg(kernel, 1, Arg.of(1));
        rig.api.setArg(kernel, 2, Arg.of(2L << 32));
        rig.api.setArg(kernel, 3, Arg.of(4.5f));
        rig.api.setArg(kernel, 4, Arg.local(8));
        assertTrue(rig.api
                .enqueueNDRange(rig.queue, kernel, NdRange.of(Extent.of(2, 2, 2), Extent.of(2, 1, 1)), Sync.NONE)
                .isEmpty());
        assertArrayEquals(new int[] {7, 7, 17, 17, 107, 107, 117, 117}, rig.readInts(out, 8));
    }

    @Test
    void launchesASingleWorkItem() {
        ClKernel kernel = rig.kernel("""
                kernel __attribute__((reqd_work_group_size(1, 1, 1))) void sum(global int *data, int n) {
                    int s = 0;
                    for (int i = 0; i < n; i++) s += data[i];
                    data[0] = s;
                }
                """, "sum");
        WorkGroupInfo info = rig.api.workGroupInfo(kernel, rig.device);
        assertEquals(Optional.of(Extent.of(1, 1, 1)), info.requiredWorkGroup());
        assertTrue(info.maxWorkGroupSize() >= 1);
        ClBuffer data = rig.buffer(16);
        rig.write(data, rig.ints(1, 2, 3, 4));
        rig.api.setArg(kernel, 0, Arg.of(data));
        rig.api.setArg(kernel, 1, Arg.of(4));
        assertTrue(rig.api
                .enqueueNDRange(rig.queue, kernel, NdRange.TASK, Sync.NONE)
                .isEmpty());
        assertArrayEquals(new int[] {10}, rig.readInts(data, 1));
    }

    @Test
    void tellsTheArgumentsOfAKernel() {
        ClKernel kernel = rig.kernel(ADD, "add");
        assertEquals(
                Optional.of(List.of(
                        new KernelArgInfo("a", KernelArgInfo.Space.GLOBAL, "float*"),
                        new KernelArgInfo("b", KernelArgInfo.Space.GLOBAL, "float*"),
                        new KernelArgInfo("c", KernelArgInfo.Space.GLOBAL, "float*"),
                        new KernelArgInfo("n", KernelArgInfo.Space.PRIVATE, "int"))),
                rig.api.kernelArgs(kernel));
        assertTrue(rig.api.workGroupInfo(kernel, rig.device).requiredWorkGroup().isEmpty());
    }

    @Test
    void aFailedBuildCarriesTheWholeLog() {
        ClProgram program = rig.own(rig.api.programFromSource(rig.context, """
                kernel void broken(global int *out) {
                    out[0] = first_undeclared_name;
                    out[1] = last_undeclared_name;
                }
                """));
        BuildResult result = rig.api.build(program, rig.device, "");
        assertFalse(result.succeeded());
        assertEquals(ClStatus.BUILD_PROGRAM_FAILURE, result.status());
        assertTrue(result.log().contains("first_undeclared_name"), result.log());
        assertTrue(result.log().contains("last_undeclared_name"), result.log());
    }

    @Test
    void aBinaryRoundTrips() {
        byte[] binary = rig.api.programBinary(rig.program(ADD));
        assertTrue(binary.length > 0);
        MemorySegment segment = rig.host(binary.length).copyFrom(MemorySegment.ofArray(binary));
        BinaryResult.Accepted accepted = assertInstanceOf(
                BinaryResult.Accepted.class, rig.api.programFromBinary(rig.context, rig.device, segment));
        ClProgram program = rig.own(accepted.program());
        BuildResult result = rig.api.build(program, rig.device, "");
        assertTrue(result.succeeded(), result.log());
        runAdd(program);
    }

    @Test
    void refusesAJunkBinary() {
        assumeFalse(present.platform() == TestPlatform.RUSTICL, "rusticl ends the process on a junk binary");
        MemorySegment junk = rig.host(64).fill((byte) 0x5a);
        BinaryResult.Refused refused =
                assertInstanceOf(BinaryResult.Refused.class, rig.api.programFromBinary(rig.context, rig.device, junk));
        assertEquals(ClStatus.INVALID_BINARY, refused.status());
    }

    @Test
    void namesTheErrorsOfAWrongLaunch() {
        ClProgram program = rig.program(ADD);
        assertEquals(
                "CL_INVALID_KERNEL_NAME",
                assertThrows(ClException.class, () -> rig.api.createKernel(program, "missing"))
                        .status()
                        .name());
        ClKernel kernel = rig.own(rig.api.createKernel(program, "add"));
        assertEquals(
                "CL_INVALID_ARG_INDEX",
                assertThrows(ClException.class, () -> rig.api.setArg(kernel, 4, Arg.of(1)))
                        .status()
                        .name());
        ClException unset = assertThrows(
                ClException.class,
                () -> rig.api.enqueueNDRange(rig.queue, kernel, NdRange.of(Extent.of(4)), Sync.NONE));
        assertEquals("clEnqueueNDRangeKernel", unset.call());
        assertEquals("CL_INVALID_KERNEL_ARGS", unset.status().name());
    }

    @Test
    void oclgrindSeesAnOverrun() {
        assumeFalse(present.platform() != TestPlatform.OCLGRIND, "only Oclgrind looks for it");
        ClKernel kernel = rig.kernel("kernel void overrun(global int *out) { out[get_global_id(0)] = 1; }", "overrun");
        rig.api.setArg(kernel, 0, Arg.of(rig.buffer(8)));
        assertTrue(rig.api
                .enqueueNDRange(rig.queue, kernel, NdRange.of(Extent.of(3)), Sync.NONE)
                .isEmpty());
        rig.api.finish(rig.queue);
        String log = OclgrindWatch.takeLog();
        assertTrue(log.contains("Invalid write of size 4"), log);
    }

    @Test
    void oclgrindSeesARace() {
        assumeFalse(present.platform() != TestPlatform.OCLGRIND, "only Oclgrind looks for it");
        ClKernel kernel = rig.kernel("kernel void race(global int *out) { out[0] = get_global_id(0); }", "race");
        rig.api.setArg(kernel, 0, Arg.of(rig.buffer(4)));
        assertTrue(rig.api
                .enqueueNDRange(rig.queue, kernel, NdRange.of(Extent.of(4), Extent.of(2)), Sync.NONE)
                .isEmpty());
        rig.api.finish(rig.queue);
        String log = OclgrindWatch.takeLog();
        assertTrue(log.contains("race"), log);
    }
}

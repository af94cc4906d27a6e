// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.inlay.backend.opencl.binding.BinaryResult;
import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.backend.opencl.binding.ClBinding;
import dev.inlay.backend.opencl.binding.ClPlatform;
import dev.inlay.backend.opencl.binding.ClStatus;
import dev.inlay.backend.opencl.binding.ClSubDevice;
import dev.inlay.backend.opencl.binding.DeviceInfo;
import dev.inlay.backend.opencl.binding.PlatformInfo;
import dev.inlay.backend.opencl.binding.SubDevices;
import dev.inlay.runtimetests.platform.Target;
import dev.inlay.runtimetests.platform.TestPlatform;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What platforms and devices say of themselves, and what devices of one platform are to each other. */
@Tag("opencl")
class PlatformContractTest {
    static Stream<Target> targets() {
        return TestPlatform.current().targets();
    }

    static List<String> bindings() {
        return ClBinding.names();
    }

    @ParameterizedTest
    @MethodSource("targets")
    void aDeviceAnswersEveryQuestion(Target target) {
        Target.Present present = target.orSkip();
        Map<String, Object> answers = new TreeMap<>();
        Arrays.stream(DeviceInfo.class.getFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()))
                .forEach(field -> {
                    DeviceInfo<?> info = constant(field);
                    answers.put(info.name(), present.api().deviceInfo(present.device(), info));
                });
        ClApi api = present.api();
        assertFalse(api.deviceInfo(present.device(), DeviceInfo.NAME).isEmpty());
        assertFalse(api.deviceInfo(present.device(), DeviceInfo.TYPE).isEmpty());
        assertTrue(api.deviceInfo(present.device(), DeviceInfo.VERSION).startsWith("OpenCL "));
        assertTrue(api.deviceInfo(present.device(), DeviceInfo.GLOBAL_MEMORY_BYTES) >= 1 << 20);
        assertTrue(api.deviceInfo(present.device(), DeviceInfo.MAX_ALLOCATION_BYTES)
                <= api.deviceInfo(present.device(), DeviceInfo.GLOBAL_MEMORY_BYTES));
        assertTrue(api.deviceInfo(present.device(), DeviceInfo.COMPUTE_UNITS) >= 1);
        assertEquals(
                3,
                api.deviceInfo(present.device(), DeviceInfo.MAX_WORK_ITEM_SIZES).size());
        assertTrue(api.deviceInfo(present.device(), DeviceInfo.LITTLE_ENDIAN));
        assertEquals(64, api.deviceInfo(present.device(), DeviceInfo.ADDRESS_BITS));
        assertTrue(answers.size() >= 30, answers::toString);
    }

    private static DeviceInfo<?> constant(java.lang.reflect.Field field) {
        try {
            return assertInstanceOf(DeviceInfo.class, field.get(null));
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void bothBindingsListTheSameDevices() {
        List<List<String>> lists =
                bindings().stream().map(PlatformContractTest::listing).toList();
        assertEquals(2, lists.size());
        assertEquals(lists.getFirst(), lists.getLast());
        assertFalse(lists.getFirst().isEmpty());
    }

    private static List<String> listing(String binding) {
        return TestPlatform.current()
                .targets(binding)
                .map(Target::orSkip)
                .map(present -> present.api().deviceInfo(present.device(), DeviceInfo.NAME) + " "
                        + present.api().deviceInfo(present.device(), DeviceInfo.EXTENSIONS) + " "
                        + present.api().deviceInfo(present.device(), DeviceInfo.SINGLE_FP))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("bindings")
    void aPlatformAnswersEveryQuestion(String binding) {
        ClApi api = TestPlatform.current()
                .targets(binding)
                .findFirst()
                .orElseThrow()
                .orSkip()
                .api();
        for (ClPlatform platform : api.platforms()) {
            for (PlatformInfo info : PlatformInfo.values()) {
                assertNotNull(api.platformInfo(platform, info));
            }
            assertNotNull(api.devices(platform));
        }
    }

    @ParameterizedTest
    @MethodSource("bindings")
    void aBinaryOfAnotherDeviceIsRefused(String binding) {
        List<Target> targets = TestPlatform.current().targets(binding).toList();
        targets.getFirst().orSkip();
        assumeTrue(targets.size() > 1, "needs two devices of one platform, found " + targets);
        Target.Present first = targets.getFirst().orSkip();
        Target.Present other = targets.get(1).orSkip();
        try (Rig maker = new Rig(first.api(), first.device());
                Rig taker = new Rig(other.api(), other.device())) {
            byte[] binary = maker.api.programBinary(maker.program("kernel void nothing(global int *out) {}"));
            MemorySegment segment = taker.host(binary.length).copyFrom(MemorySegment.ofArray(binary));
            BinaryResult.Refused refused = assertInstanceOf(
                    BinaryResult.Refused.class, taker.api.programFromBinary(taker.context, taker.device, segment));
            assertEquals(ClStatus.INVALID_BINARY, refused.status());
        }
    }

    @ParameterizedTest
    @MethodSource("targets")
    void aDeviceThatSplitsMakesDevicesThatWork(Target target) {
        Target.Present present = target.orSkip();
        SubDevices parts = present.api()
                .subDevices(present.device())
                .orElseGet(() -> org.junit.jupiter.api.Assumptions.abort("the driver does not split this device"));
        assertTrue(parts.maximum() > 1);
        assertEquals(parts.maximum(), splitAndUse(present, parts.equally(1)));
        assertEquals(2, splitAndUse(present, parts.byCounts(1, 1)));
    }

    private static int splitAndUse(Target.Present present, List<ClSubDevice> parts) {
        for (ClSubDevice part : parts) {
            assertEquals(1, present.api().deviceInfo(part.device(), DeviceInfo.COMPUTE_UNITS));
            try (Rig rig = new Rig(present.api(), part.device())) {
                rig.write(rig.buffer(4), rig.ints(1));
            }
        }
        parts.forEach(present.api()::release);
        parts.forEach(present.api()::release);
        return parts.size();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.CompileOptions;
import dev.inlay.Engine;
import dev.inlay.backend.opencl.BinaryCache;
import dev.inlay.backend.opencl.FastForms;
import dev.inlay.backend.opencl.binding.DeviceInfo;
import dev.inlay.backend.opencl.binding.FloatCapability;
import dev.inlay.backend.opencl.binding.ImaginaryApi;
import dev.inlay.backend.opencl.binding.RecordingApi;
import dev.inlay.kernels.KernelId;
import dev.inlay.plan.DeviceClass;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Plan;
import dev.inlay.plan.Step;
import dev.inlay.profile.ProfileCatalog;
import dev.inlay.profile.ProfileReader;
import dev.inlay.runtimetests.platform.Network;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a profile says of a device counts for the engine, and only for the device it matches. */
final class DeviceProfileTest {
    @TempDir
    Path folder = Path.of("");

    private Engine engine(ProfileCatalog profiles) {
        return Engine.over(
                ImaginaryApi.cpu("imaginary"),
                new BinaryCache(folder.resolve("programs"), 1L << 20),
                profiles,
                FastForms.none());
    }

    private static ProfileCatalog profile(String deviceClass, String device, String quirks) throws IOException {
        String json = """
                {"schemaVersion": 1, "id": "one", "name": "One", "vendor": "Nobody", "class": "%s",
                 "match": {"platform": "imaginary", "device": "%s"}, "quirks": [%s]}
                """.formatted(deviceClass, device, quirks);
        return ProfileCatalog.of(List.of(
                ProfileReader.read("one.json", new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)))));
    }

    private static String quirk(String name, String value) {
        return "{\"name\": \"%s\", \"value\": %s, \"reason\": \"for the test\"}".formatted(name, value);
    }

    private static List<String> contractions(Plan plan) {
        return plan.steps().stream()
                .filter(Step.Launch.class::isInstance)
                .map(step -> ((Step.Launch) step).kernel().spec())
                .filter(spec -> spec.startsWith("contract."))
                .distinct()
                .toList();
    }

    @Test
    void withoutAProfileTheDriverIsBelieved() throws IOException {
        try (Engine engine = engine(profile("gpu", "another", quirk("debugger", "true")))) {
            DeviceDescription device = engine.devices().getFirst();
            assertEquals("imaginary/imaginary-0", device.id());
            assertEquals(DeviceClass.CPU, device.deviceClass());
            assertFalse(device.debugger());
            Plan plan =
                    engine.compile(Network.lenet().graph(), CompileOptions.on()).plan();
            assertEquals(List.of("contract.dense.cpu"), contractions(plan));
        }
    }

    @Test
    void theClassOfAProfileChoosesTheKernels() throws IOException {
        try (Engine engine = engine(profile("gpu", "imaginary", ""))) {
            DeviceDescription device = engine.devices().getFirst();
            assertEquals(DeviceClass.GPU, device.deviceClass());
            assertEquals("CPU", device.type());
            Plan plan =
                    engine.compile(Network.lenet().graph(), CompileOptions.on()).plan();
            assertEquals(List.of("contract.dense.gpu"), contractions(plan));
        }
    }

    @Test
    void aQuirkChoosesTheKernelsOfAnotherClass() throws IOException {
        try (Engine engine = engine(profile("cpu", "imaginary", quirk("skeletons", "\"gpu\"")))) {
            Plan plan =
                    engine.compile(Network.lenet().graph(), CompileOptions.on()).plan();
            assertEquals(List.of("contract.dense.gpu"), contractions(plan));
        }
    }

    @Test
    void tuningShapesTheBlocksOfItsOwnClass() throws IOException {
        String quirks = quirk("skeletons", "\"gpu\"") + ", " + quirk("tuning", "\"VW=16 NV=2 MR=1\"");
        try (Engine engine = engine(profile("cpu", "imaginary", quirks))) {
            Network network = Network.lenet();
            assertEquals(
                    List.of("VW 16, NV 2, MR 1, LM 8"),
                    tiles(engine.compile(network.graph(), CompileOptions.on()).plan()));
            CompileOptions other = CompileOptions.on().withSkeletons(DeviceClass.CPU);
            assertTrue(tiles(engine.compile(network.graph(), other).plan()).stream()
                    .noneMatch(tile -> tile.startsWith("VW 16, ")));
        }
    }

    private static List<String> tiles(Plan plan) {
        return plan.steps().stream()
                .filter(Step.Launch.class::isInstance)
                .map(step -> ((Step.Launch) step).kernel())
                .filter(kernel -> kernel.spec().startsWith("contract.dense"))
                .map(KernelId::defines)
                .map(set -> "VW " + set.get("VW") + ", NV " + set.get("NV") + ", MR " + set.get("MR") + ", LM "
                        + set.get("LM"))
                .distinct()
                .toList();
    }

    @Test
    void aDebuggerIsUsedOnlyWhenNamed() throws IOException {
        try (Engine engine = engine(profile("cpu", "imaginary", quirk("debugger", "true")))) {
            DeviceDescription device = engine.devices().getFirst();
            assertTrue(device.debugger());
            Network network = Network.lenet();
            assertEquals(
                    List.of(),
                    engine.compile(network.graph(), CompileOptions.on()).plan().openClDevices());
            assertEquals(
                    List.of(device.id()),
                    engine.compile(network.graph(), CompileOptions.on(device.id()))
                            .plan()
                            .openClDevices());
        }
    }

    @Test
    void slugsMakeTheId() throws IOException {
        String slugs = quirk("platformSlug", "\"short\"") + ", " + quirk("deviceSlug", "\"name\"");
        try (Engine engine = engine(profile("cpu", "imaginary", slugs))) {
            assertEquals("short/name-0", engine.devices().getFirst().id());
        }
    }

    /** Not a profile's word but the driver's: a device that reports no fused multiply-add is built without. */
    @Test
    void programsFuseWhatTheDeviceFuses() throws IOException {
        assertEquals(List.of(false), builds(Set.of(FloatCapability.FMA, FloatCapability.ROUND_TO_NEAREST)));
        assertEquals(List.of(true), builds(Set.of(FloatCapability.ROUND_TO_NEAREST)));
    }

    private List<Boolean> builds(Set<FloatCapability> capabilities) throws IOException {
        RecordingApi recording =
                new RecordingApi(ImaginaryApi.cpu("imaginary").with(DeviceInfo.SINGLE_FP, capabilities));
        BinaryCache none = new BinaryCache(folder.resolve("none"), 0);
        Network network = Network.twoLayers();
        try (Engine engine = Engine.over(recording, none)) {
            CompileOptions options =
                    CompileOptions.on(engine.devices().getFirst().id());
            assertEquals(1, network.answer(engine, options, 1).size());
        }
        return recording.lines().stream()
                .filter(line -> line.contains("build("))
                .map(line -> line.contains("-DINLAY_NO_FMA"))
                .distinct()
                .toList();
    }
}

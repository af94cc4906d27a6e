// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.backend.opencl.BinaryCache;
import dev.inlay.backend.opencl.ComparisonProcess;
import dev.inlay.backend.opencl.Discovery;
import dev.inlay.backend.opencl.FastFeature;
import dev.inlay.backend.opencl.FastFormCheck;
import dev.inlay.backend.opencl.FastForms;
import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.backend.opencl.binding.ClContext;
import dev.inlay.backend.opencl.binding.ForwardingApi;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.profile.ProfileCatalog;
import dev.inlay.runtimetests.platform.Engines;
import dev.inlay.runtimetests.platform.OpenClDevices;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Fast forms are compared with what they mean, on the driver and the processor that are here. */
@Tag("opencl")
final class FastFormCheckTest {
    /** A driver whose assembler takes one text for another. */
    private static final class Assembler extends ForwardingApi {
        private final ClApi next;
        private final String text;
        private final String taken;

        Assembler(ClApi next, String text, String taken) {
            super(next);
            this.next = next;
            this.text = text;
            this.taken = taken;
        }

        @Override
        @SuppressWarnings("unchecked")
        protected <T extends @Nullable Object> T around(String function, List<Object> arguments, Supplier<T> call) {
            if (!function.equals("programFromSource")) {
                return call.get();
            }
            String source = (String) arguments.get(1);
            assertTrue(source.contains(text), source);
            return (T) next.programFromSource((ClContext) arguments.getFirst(), source.replace(text, taken));
        }
    }

    private static OpenClDevice device(FastFeature feature) {
        OpenClDevice device = OpenClDevices.all().getFirst();
        String why = ProcessorFlag.whyNot(device, feature.name().toLowerCase(Locale.ROOT));
        Assumptions.assumeTrue(why.isEmpty(), why);
        return device;
    }

    private static Optional<String> assembled(String text, String taken) {
        device(FastFeature.AVX2);
        ClApi api = new Assembler(Engines.api(), text, taken);
        Discovery.Found found = Discovery.of(api, ProfileCatalog.shipped(), FastForms.none())
                .found()
                .getFirst();
        BinaryCache none = new BinaryCache(Path.of("target", "no-programs"), 0);
        try (OpenClDevice device = new OpenClDevice(api, found.device(), found.description(), none)) {
            return FastFormCheck.wrong(device, FastFeature.AVX2);
        }
    }

    @Test
    void formsGiveWhatTheyMean() {
        device(FastFeature.AVX2);
        for (FastFeature feature : FastFeature.values()) {
            if (ProcessorFlag.whyNot(
                            OpenClDevices.all().getFirst(), feature.name().toLowerCase(Locale.ROOT))
                    .isEmpty()) {
                assertEquals(Optional.empty(), FastFormCheck.wrong(device(feature), feature), feature.name());
            }
        }
    }

    @Test
    void aDroppedInstructionIsSeen() {
        for (String dropped : List.of(
                "vpmaddwd",
                "vpmaddubsw",
                "vpshufb",
                "vpcmpeqb",
                "vpunpcklbw",
                "vpunpckhbw",
                "vpunpcklwd",
                "vpunpckhwd")) {
            Optional<String> wrong = assembled(dropped + " %2, %1, %0", "");
            assertTrue(wrong.isPresent(), dropped);
        }
    }

    @Test
    void anotherInstructionIsSeen() {
        assertTrue(assembled("vpmaddubsw", "vpmaddwd").orElse("").startsWith("dot_pairs: got 0x"));
        assertTrue(assembled("vpunpcklwd", "vpunpckhwd").orElse("").startsWith("lookup_words: got 0x"));
        assertTrue(assembled("vpcmpeqb", "vpcmpgtb").orElse("").startsWith("equal_bytes: got 0x"));
    }

    /** Also where the processor ends the process that compares. */
    @Test
    void anotherProcessGivesTheVerdictOfTheProcessor() throws IOException {
        DeviceDescription device = device(FastFeature.AVX2).description();
        FastForms.Place place =
                new FastForms.Place(device.binding(), device.platform(), device.name(), device.driver());
        assertEquals(Optional.empty(), new ComparisonProcess().wrong(place, FastFeature.AVX2));
        boolean has = ProcessorFlag.whyNot(OpenClDevices.all().getFirst(), "avx512_vnni")
                .isEmpty();
        Optional<String> refusal = new ComparisonProcess().wrong(place, FastFeature.AVX512_VNNI);
        assertEquals(has, refusal.isEmpty(), refusal::toString);
        if (!has) {
            assertTrue(
                    refusal.orElse("").contains("ended with")
                            || refusal.orElse("").contains("build"),
                    refusal::toString);
        }
    }
}

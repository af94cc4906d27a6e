// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl;

import dev.inlay.backend.opencl.FastForms.Place;
import dev.inlay.backend.opencl.binding.Arg;
import dev.inlay.backend.opencl.binding.ClApi;
import dev.inlay.backend.opencl.binding.ClBinding;
import dev.inlay.backend.opencl.binding.ClBuffer;
import dev.inlay.backend.opencl.binding.ClKernel;
import dev.inlay.backend.opencl.binding.ClObject;
import dev.inlay.backend.opencl.binding.NdRange;
import dev.inlay.backend.opencl.binding.Sync;
import dev.inlay.profile.ProfileCatalog;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Runs the fast forms of a feature on a device and compares them, on seeded words, with what they mean. */
public final class FastFormCheck {
    /** The last line of a process that compared, before what was wrong. */
    static final String COMPARED = "compared: ";

    private static final int ITEMS = 512;
    private static final long SEED = 20;

    private FastFormCheck() {}

    /**
     * Compares in this process, which ends where the processor does not know an instruction.
     *
     * @return the first form that gives something else than it means, with one example; empty if none does
     * @throws dev.inlay.DeviceException if the kernel does not build or run
     */
    public static Optional<String> wrong(OpenClDevice device, FastFeature feature) {
        return device.call("fast forms of " + feature, () -> {
            List<ClObject> made = new ArrayList<>();
            try (Arena arena = Arena.ofConfined()) {
                return differs(feature, given(device, feature, made, arena));
            } finally {
                made.reversed().forEach(device.api()::release);
            }
        });
    }

    /** For each form and item what the form gave and what it means, {@code lanes} numbers each. */
    private static MemorySegment given(OpenClDevice device, FastFeature feature, List<ClObject> made, Arena arena) {
        ClApi api = device.api();
        int words = 2 * feature.lanes() * ITEMS;
        MemorySegment in = arena.allocate(ValueLayout.JAVA_INT, words);
        Random random = new Random(SEED);
        for (int i = 0; i < words; i++) {
            in.setAtIndex(ValueLayout.JAVA_INT, i, random.nextInt());
        }
        MemorySegment out = arena.allocate(
                ValueLayout.JAVA_INT, (long) words * feature.forms().size());
        ClBuffer x = device.buffer(in.byteSize());
        made.add(x);
        ClBuffer y = device.buffer(out.byteSize());
        made.add(y);
        ClKernel kernel =
                device.kernel(feature.check(), name -> new OpenClDevice.Value(Arg.of(name.equals("x") ? x : y), 0));
        made.add(kernel);
        api.write(device.queue(), x, 0, in, true, Sync.NONE);
        NdRange range = NdRange.of(List.of((long) ITEMS, 1L, 1L), List.of(1L, 1L, 1L));
        api.enqueueNDRange(device.queue(), kernel, range, Sync.NONE);
        api.read(device.queue(), y, 0, out, true, Sync.NONE);
        return out;
    }

    private static Optional<String> differs(FastFeature feature, MemorySegment given) {
        int lanes = feature.lanes();
        for (int form = 0; form < feature.forms().size(); form++) {
            for (long item = 0; item < ITEMS; item++) {
                for (int lane = 0; lane < lanes; lane++) {
                    long at = (form * (long) ITEMS + item) * 2 * lanes + lane;
                    int got = given.getAtIndex(ValueLayout.JAVA_INT, at);
                    int expected = given.getAtIndex(ValueLayout.JAVA_INT, at + lanes);
                    if (got != expected) {
                        return Optional.of("%s: got 0x%08x, expected 0x%08x"
                                .formatted(feature.forms().get(form), got, expected));
                    }
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Compares and says so in one line on standard output.
     *
     * @param args binding, platform, name and driver of the device, and the feature
     */
    static void main(String... args) {
        Place place = new Place(args[0], args[1], args[2], args[3]);
        String wrong;
        try {
            wrong = wrong(place, FastFeature.valueOf(args[4]));
        } catch (RuntimeException e) {
            wrong = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
        }
        System.out.println(COMPARED + wrong);
    }

    private static String wrong(Place place, FastFeature feature) {
        if (!(ClBinding.load(place.binding()) instanceof ClBinding.Available available)) {
            throw new IllegalStateException("no binding " + place.binding() + " in the process that compares");
        }
        Discovery.Found found =
                Discovery.of(available.api(), ProfileCatalog.shipped(), FastForms.none()).found().stream()
                        .filter(each -> each.description().platform().equals(place.platform())
                                && each.description().name().equals(place.name())
                                && each.description().driver().equals(place.driver()))
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException(
                                "no device " + place.name() + " in the process that compares"));
        BinaryCache none = new BinaryCache(Path.of(System.getProperty("java.io.tmpdir"), "none"), 0);
        try (OpenClDevice device = new OpenClDevice(available.api(), found.device(), found.description(), none)) {
            return wrong(device, feature).orElse("");
        }
    }
}

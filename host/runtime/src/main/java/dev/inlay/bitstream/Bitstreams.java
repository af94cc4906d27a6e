// SPDX-License-Identifier: Apache-2.0
package dev.inlay.bitstream;

import dev.inlay.kernels.KernelId;
import dev.inlay.plan.DeviceClass;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.FixedKernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The bitstreams of one board in a folder.
 *
 * @param folder where they lie
 * @param all at least one; they agree on board, class, compiler and tile
 */
public record Bitstreams(Path folder, List<Bitstream> all) {
    public Bitstreams {
        all = List.copyOf(all);
    }

    /**
     * Reads every manifest of a folder, {@code *.json}, and compares each bitstream with its own.
     *
     * @throws BitstreamException if there is none, one is unusable, or they are not of one board
     */
    public static Bitstreams open(Path folder) {
        List<Path> manifests;
        try (Stream<Path> files = Files.list(folder)) {
            manifests = files.filter(file -> file.toString().matches(".*(?<!\\.draft)\\.json"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new BitstreamException(folder, "got no folder that can be read, expected one of bitstreams");
        }
        if (manifests.isEmpty()) {
            throw new BitstreamException(folder, "got no manifest, expected at least one *.json beside its bitstream");
        }
        List<Bitstream> all = manifests.stream().map(Bitstream::open).toList();
        Manifest first = all.getFirst().manifest();
        for (Bitstream each : all) {
            require(each, "board", each.manifest().board(), first.board());
            require(each, "class", each.manifest().deviceClass(), first.deviceClass());
            require(each, "sdk", each.manifest().sdk(), first.sdk());
            require(each, "tile", each.manifest().tile(), first.tile());
        }
        return new Bitstreams(folder, all);
    }

    private static void require(Bitstream of, String field, Object got, Object expected) {
        if (!got.equals(expected)) {
            throw new BitstreamException(
                    of.path(), field + ": got " + got + ", expected " + expected + " as in the others of its folder");
        }
    }

    private Manifest first() {
        return all.getFirst().manifest();
    }

    /** Id of the profile of the board they are for. */
    public String board() {
        return first().board();
    }

    /**
     * A device of their board as it is with them and nothing else.
     *
     * @throws BitstreamException if another compiler's driver runs it
     */
    public DeviceDescription on(DeviceDescription device) {
        Manifest.Sdk sdk = first().sdk();
        if (!device.platform().equals(sdk.platform())) {
            throw new BitstreamException(
                    folder,
                    "sdk.platform: got " + sdk.platform() + ", expected " + device.platform() + " of " + device.id());
        }
        boolean same = device.driver().equals(sdk.version())
                || device.driver().startsWith(sdk.version() + ".")
                || device.driver().startsWith(sdk.version() + " ");
        if (!same) {
            throw new BitstreamException(
                    folder,
                    "sdk.version: got " + sdk.version() + ", expected " + device.driver() + " of " + device.id());
        }
        Set<KernelId> kernels = all.stream()
                .flatMap(each -> each.manifest().kernels().stream())
                .map(Manifest.Kernel::kernel)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        String names = all.size() == 1
                ? all.getFirst().path().getFileName().toString()
                : folder.getFileName() + " with " + all.size() + " bitstreams";
        return device.withKernels(
                new FixedKernels(names, kernels),
                DeviceClass.valueOf(first().deviceClass().toUpperCase(Locale.ROOT)),
                new TreeMap<>(first().tile()),
                all.stream()
                        .mapToLong(each -> each.manifest().maxBufferBytes())
                        .min()
                        .orElseThrow());
    }

    /** The bitstream that has a kernel. */
    public Optional<Bitstream> holding(KernelId kernel) {
        return all.stream()
                .filter(each -> each.manifest().kernels().stream()
                        .anyMatch(held -> held.kernel().equals(kernel)))
                .findFirst();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.bitstream.Bitstream;
import dev.inlay.bitstream.Manifest;
import dev.inlay.kernels.KernelId;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.plan.Plan;
import dev.inlay.plan.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Keeps the programs that a plan needs as bitstreams, each with its manifest beside it. */
public final class BitstreamWriter {
    private BitstreamWriter() {}

    /** The kernels that a plan launches on a device, in the order of their first launch. */
    public static Set<KernelId> kernels(Plan plan, String device) {
        Set<KernelId> kernels = new LinkedHashSet<>();
        for (Step step : plan.steps()) {
            if (step instanceof Step.Launch launch && launch.device().equals(device)) {
                kernels.add(launch.kernel());
            }
        }
        return kernels;
    }

    /**
     * Compiles what a model needs on a device with the device's own compiler, one program a kernel.
     *
     * @param engine that compiled the model
     * @param folder made where it is missing; files of the same names are replaced
     * @return the manifests
     * @throws UsageException if no profile knows the device: nothing could tell its board again
     * @throws DeviceException if a kernel does not build, or the driver does not hand a program out
     */
    public static List<Path> write(Engine engine, CompiledModel model, String device, Path folder) throws IOException {
        OpenClDevice made = engine.openCl(device);
        DeviceDescription description = model.plan().devices().stream()
                .filter(each -> each.id().equals(device))
                .findFirst()
                .orElseThrow(() -> new UsageException("device: got " + device + ", expected one that the plan uses"));
        String board = engine.profile(description)
                .orElseThrow(() -> new UsageException("board: got " + description.name()
                        + ", which no profile describes, expected a board with a profile"));
        Files.createDirectories(folder);
        List<Path> manifests = new ArrayList<>();
        for (KernelId id : kernels(model.plan(), device)) {
            String name = String.format(Locale.ROOT, "%02d-%s", manifests.size(), id.spec());
            Path program = folder.resolve(name + ".bin");
            Files.write(program, made.compiled(id));
            Path manifest = folder.resolve(name + ".json");
            new Manifest(
                            Manifest.SCHEMA_VERSION,
                            board,
                            description.deviceClass().name().toLowerCase(Locale.ROOT),
                            new Manifest.Sdk(description.platform(), description.driver()),
                            program.getFileName().toString(),
                            Bitstream.sha256(program),
                            description.tuning(),
                            List.of(Manifest.Kernel.of(id)),
                            description.maxAllocationBytes(),
                            Map.of(),
                            Optional.empty())
                    .write(manifest);
            manifests.add(manifest);
        }
        return manifests;
    }
}

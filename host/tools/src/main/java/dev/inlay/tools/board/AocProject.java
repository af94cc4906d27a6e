// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.board;

import dev.inlay.bitstream.Bitstream;
import dev.inlay.bitstream.Manifest;
import dev.inlay.kernels.KernelCatalog;
import dev.inlay.kernels.KernelId;
import dev.inlay.plan.DeviceDescription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder from which the Intel FPGA SDK for OpenCL makes a board's bitstreams: {@code device/*.cl}, a Makefile, and of
 * each bitstream the manifest as far as it is known beforehand, {@code *.draft.json}.
 *
 * <p>Sources: Intel FPGA SDK for OpenCL Pro Edition, Programming Guide 22.4, sections 2 and 10.
 */
public record AocProject(Path folder) {
    /** The platform's own name, as Intel's runtime has it. */
    public static final String PLATFORM = "Intel(R) FPGA SDK for OpenCL(TM)";

    /** Stands in a draft for what only the compiler can tell. */
    private static final String NOT_YET = "0".repeat(64);

    private static final Pattern VERSION = Pattern.compile("Version ([0-9]+\\.[0-9]+)");
    private static final String DRAFT = ".draft.json";

    /** What is written at {@code aoc -version}. */
    private static final String VERSION_FILE = "aoc-version.txt";

    /**
     * Writes a project.
     *
     * @param board that the kernels were planned for; its id is the profile's
     * @param kernels one bitstream each
     * @return the drafts of the manifests
     */
    public static List<Manifest> write(Path folder, DeviceDescription board, Collection<KernelId> kernels)
            throws IOException {
        Path device = Files.createDirectories(folder.resolve("device"));
        List<Manifest> drafts = new ArrayList<>();
        for (KernelId id : kernels) {
            String name = String.format(Locale.ROOT, "%02d-%s", drafts.size(), id.spec());
            Files.writeString(device.resolve(name + ".cl"), "// " + id + "\n" + KernelCatalog.source(id));
            Manifest draft = new Manifest(
                    Manifest.SCHEMA_VERSION,
                    board.id(),
                    "fpga",
                    new Manifest.Sdk(PLATFORM, "unknown"),
                    name + ".aocx",
                    NOT_YET,
                    board.tuning(),
                    List.of(Manifest.Kernel.of(id)),
                    board.maxAllocationBytes(),
                    Map.of(),
                    Optional.empty());
            draft.write(folder.resolve(name + DRAFT));
            drafts.add(draft);
        }
        List<String> names =
                drafts.stream().map(draft -> draft.file().replace(".aocx", "")).toList();
        Files.writeString(folder.resolve("Makefile"), makefile(board, names));
        return drafts;
    }

    private static String makefile(DeviceDescription board, List<String> names) {
        return """
                # Bitstreams for %s.
                #   make sw_emu BOARD=…   programs for Intel's emulator, in minutes
                #   make report BOARD=…   what the compiler expects of area and stalls, in minutes
                #   make hw BOARD=…       bitstreams, in hours each; then: inlay compile --collect .
                # BOARD is the name that `aoc -list-boards` has for it.
                AOC ?= aoc
                AOCFLAGS ?=
                NAMES := %s

                sw_emu: $(NAMES:%%=emulator/%%.aocx)
                report: $(NAMES:%%=%%.aocr)
                hw: $(NAMES:%%=%%.aocx) %s

                emulator/%%.aocx: device/%%.cl
                \t@mkdir -p emulator
                \t$(AOC) -march=emulator $(AOCFLAGS) $< -o $@

                %%.aocr: device/%%.cl | require-board
                \t$(AOC) -rtl -report -board=$(BOARD) $(AOCFLAGS) $< -o $@

                %%.aocx: device/%%.cl | require-board
                \t$(AOC) -report -board=$(BOARD) $(AOCFLAGS) $< -o $@

                %s:
                \t$(AOC) -version > $@

                require-board:
                \t@test -n "$(BOARD)" || { echo "BOARD: got nothing, expected a name of aoc -list-boards"; exit 2; }

                .PHONY: sw_emu report hw require-board
                .SECONDARY:
                """.formatted(board.name(), String.join(" ", names), VERSION_FILE, VERSION_FILE);
    }

    /**
     * Completes the manifests of the bitstreams that are there by now.
     *
     * @return the manifests
     * @throws IOException if a draft has no bitstream, or the compiler's version is not known
     */
    public List<Path> collect() throws IOException {
        List<Path> drafts;
        try (Stream<Path> files = Files.list(folder)) {
            drafts = files.filter(file -> file.toString().endsWith(DRAFT))
                    .sorted()
                    .toList();
        }
        if (drafts.isEmpty()) {
            throw new IOException(folder + ": got no *" + DRAFT + ", expected a folder that inlay compile wrote");
        }
        String version = version();
        List<Path> manifests = new ArrayList<>();
        for (Path draft : drafts) {
            Manifest known = Manifest.read(draft);
            Path bitstream = folder.resolve(known.file());
            if (!Files.isRegularFile(bitstream)) {
                throw new IOException(bitstream + ": got no such file, expected what make hw makes");
            }
            String name = known.file().replaceFirst("\\.aocx$", "");
            Path report = folder.resolve(name).resolve("acl_quartus_report.txt");
            Optional<Manifest.Built> built =
                    Files.isRegularFile(report) ? Optional.of(QuartusReport.read(report)) : Optional.empty();
            Path manifest = folder.resolve(name + ".json");
            known.compiled(new Manifest.Sdk(PLATFORM, version), Bitstream.sha256(bitstream), built)
                    .write(manifest);
            manifests.add(manifest);
        }
        return manifests;
    }

    private String version() throws IOException {
        Path file = folder.resolve(VERSION_FILE);
        String text = Files.isRegularFile(file) ? Files.readString(file) : "";
        Matcher matcher = VERSION.matcher(text);
        if (!matcher.find()) {
            throw new IOException(file + ": got no \"Version N.N\", expected what aoc -version says");
        }
        return matcher.group(1);
    }
}

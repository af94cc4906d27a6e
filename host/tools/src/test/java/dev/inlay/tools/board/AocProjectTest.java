// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.bitstream.Bitstreams;
import dev.inlay.bitstream.Manifest;
import dev.inlay.kernels.KernelId;
import dev.inlay.onnx.OnnxReader;
import dev.inlay.tools.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AocProjectTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void aProjectHoldsAPipelineOfEveryKernelOfTheNetwork() throws IOException {
        BoardPlan plan = BoardPlan.of(
                OnnxReader.read(Home.current().models().resolve("lenet5.onnx"), Map.of()), "arria10-gx1150");
        List<Manifest> drafts = AocProject.write(folder, plan.device(), plan.kernels());
        assertEquals(plan.kernels().size(), drafts.size());
        assertTrue(Files.readString(folder.resolve("Makefile")).contains("sw_emu:"));
        List<Manifest> pipelines = drafts.stream()
                .filter(draft -> draft.kernels().getFirst().kernel().spec().equals("contract.dense.fpga"))
                .toList();
        assertFalse(pipelines.isEmpty());
        for (Manifest draft : pipelines) {
            KernelId kernel = draft.kernels().getFirst().kernel();
            assertEquals("1", kernel.defines().get("INLAY_HAS_CHANNELS"));
            String source =
                    Files.readString(folder.resolve("device/" + draft.file().replace(".aocx", ".cl")));
            draft.kernels().getFirst().entries().keySet().forEach(entry -> assertTrue(source.contains(entry), entry));
            assertEquals(
                    draft.kernels().getFirst().entries().size(),
                    draft.kernels().getFirst().entries().values().stream()
                            .map(Manifest.Entry::queue)
                            .distinct()
                            .count(),
                    "kernels that run at the same time share no queue");
        }
        plan.chosen()
                .used()
                .forEach((resource, used) ->
                        assertTrue(used <= plan.chosen().available().get(resource), () -> resource + ": " + used));
    }

    @Test
    void aBitstreamIsCollectedWithWhatItsCompilerReported() throws IOException {
        BoardPlan plan = BoardPlan.of(
                OnnxReader.read(Home.current().models().resolve("lenet5.onnx"), Map.of()), "arria10-gx1150");
        List<Manifest> drafts = AocProject.write(folder, plan.device(), plan.kernels());
        IOException missing = assertThrows(IOException.class, () -> new AocProject(folder).collect());
        assertTrue(missing.getMessage().contains("expected what aoc -version says"), missing::getMessage);
        Files.writeString(folder.resolve("aoc-version.txt"), "Version 19.4.0 Build 64\n");
        missing = assertThrows(IOException.class, () -> new AocProject(folder).collect());
        assertTrue(missing.getMessage().contains("expected what make hw makes"), missing::getMessage);
        for (Manifest draft : drafts) {
            Files.writeString(folder.resolve(draft.file()), "\u007fELF and more");
            Path work = Files.createDirectories(folder.resolve(draft.file().replace(".aocx", "")));
            Files.writeString(work.resolve("acl_quartus_report.txt"), """
                    ALUTs: 188149
                    Registers: 399,683
                    Logic utilization: 190,304 / 427,200 ( 45 % )
                    DSP blocks: 1,299 / 1,518 ( 86 % )
                    RAM blocks: 2,065 / 2,713 ( 76 % )
                    Actual clock freq: 147
                    Kernel fmax: 147.73
                    """);
        }
        new AocProject(folder).collect();
        Bitstreams all = Bitstreams.open(folder);
        assertEquals("arria10-gx1150", all.board());
        Manifest manifest = all.all().getFirst().manifest();
        assertEquals(new Manifest.Sdk(AocProject.PLATFORM, "19.4"), manifest.sdk());
        Manifest.Built built = manifest.built().orElseThrow();
        assertEquals(147, built.fmaxMHz());
        assertEquals(
                Map.of("ALM", 190_304L, "DSP", 1_299L, "M20K", 2_065L, "ALUT", 188_149L, "FF", 399_683L), built.used());
        Files.writeString(folder.resolve(manifest.file()), "no bitstream");
        assertThrows(RuntimeException.class, () -> Bitstreams.open(folder));
    }
}

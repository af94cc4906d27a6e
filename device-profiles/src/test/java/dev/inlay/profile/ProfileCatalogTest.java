// SPDX-License-Identifier: Apache-2.0
package dev.inlay.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProfileCatalogTest {
    private final ProfileCatalog catalog = ProfileCatalog.shipped();

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "pocl-cpu; Portable Computing Language; pthread-haswell-AMD EPYC; 3.1",
                "pocl-cpu; Portable Computing Language; cpu-haswell-AMD EPYC; 5.0",
                "pocl-basic; Portable Computing Language; basic-haswell-AMD EPYC; 3.1",
                "pocl-basic; Portable Computing Language; cpu-minimal-haswell-AMD EPYC; 5.0",
                "pocl-cuda; Portable Computing Language; cuda-GeForce GTX 1080; 3.1",
                "; Portable Computing Language; ttasim-ttasim0; 3.1",
                "oclgrind; Oclgrind; Oclgrind Simulator; Oclgrind 21.10",
                "rusticl-llvmpipe; rusticl; llvmpipe (LLVM 15.0.6, 256 bits); 22.3.6",
                "titan-x-pascal; NVIDIA CUDA; NVIDIA TITAN X (Pascal); 535.54",
                "; NVIDIA CUDA; GeForce GTX TITAN X; 535.54",
                "stratix10-gx2800; Intel(R) FPGA SDK for OpenCL(TM); p520_hpc_sg280l : BittWare Stratix 10 OpenCL platform (aclbitt_s10_pcie0); 19.4",
                "arria10-gx1150; Intel(R) FPGA SDK for OpenCL(TM); p385a_sch_ax115 : nalla_pcie (aclnalla_pcie0); 17.1",
                "; Intel(R) FPGA Emulation Platform for OpenCL(TM); p520_hpc_sg280l : emulated; 19.4",
            })
    void aFoundDeviceHasItsProfile(String id, String platform, String device, String driver) {
        assertEquals(
                Optional.ofNullable(id), catalog.match(platform, device, driver).map(DeviceProfile::id));
    }

    @Test
    void anUnknownBoardIsRefusedByName() {
        var error = assertThrows(IllegalArgumentException.class, () -> catalog.board("stratix11"));
        assertTrue(error.getMessage().startsWith("profile: got 'stratix11', expected one of alveo-u280-ddr, "));
    }

    @Test
    void profilesOfTheUserStandBesideTheOthers(@TempDir Path folder) throws IOException {
        assertEquals(catalog.profiles(), catalog.with(folder.resolve("absent")).profiles());
        Path own = Files.writeString(
                folder.resolve("mine.json"),
                "{\"schemaVersion\": 1, \"id\": \"mine\", \"name\": \"n\", \"vendor\": \"v\", \"class\": \"gpu\"}");
        assertEquals("n", catalog.with(folder).board("mine").name());
        Files.writeString(folder.resolve("gtx-1080.json"), Files.readString(own).replace("mine", "gtx-1080"));
        var twice = assertThrows(ProfileFormatException.class, () -> catalog.with(folder));
        assertTrue(twice.getMessage().endsWith("got 'gtx-1080', which comes with Inlay, expected another"));
        Files.writeString(folder.resolve("gtx-1080.json"), "{");
        assertThrows(ProfileFormatException.class, () -> catalog.with(folder));
    }

    @Test
    void onlyOclgrindIsADebugger() {
        assertEquals(
                List.of("oclgrind"),
                catalog.profiles().stream()
                        .filter(profile -> profile.has(Quirk.Name.DEBUGGER))
                        .map(DeviceProfile::id)
                        .toList());
    }

    @Test
    void aQuirkNamesTheClassWhoseKernelsAreTaken() {
        assertEquals(DeviceClass.CPU, catalog.board("rusticl-llvmpipe").deviceClass());
        assertEquals(DeviceClass.GPU, catalog.board("rusticl-llvmpipe").skeletons());
        assertEquals(DeviceClass.CPU, catalog.board("pocl-cpu").skeletons());
    }

    @Test
    void twoProfilesOfOneDeviceAreAnError() {
        DeviceProfile one = catalog.board("oclgrind");
        DeviceProfile other = new DeviceProfile(
                "other",
                one.name(),
                one.vendor(),
                one.deviceClass(),
                one.match(),
                Map.of(),
                Optional.empty(),
                Map.of(),
                one.memory(),
                one.transfer(),
                one.launch(),
                Optional.empty(),
                List.of());
        var both = ProfileCatalog.of(List.of(one, other));
        var error = assertThrows(
                IllegalStateException.class, () -> both.match("Oclgrind", "Oclgrind Simulator", "Oclgrind 21.10"));
        assertTrue(error.getMessage().contains("got profiles oclgrind, other, expected at most one"));
        assertThrows(IllegalArgumentException.class, () -> ProfileCatalog.of(List.of(one, one)));
    }

    /** An Intel DSP block does one fused f32 multiply-add, or two 18x19 multiplies, a cycle. */
    @ParameterizedTest
    @ValueSource(strings = {"stratix10-gx2800", "arria10-gx1150"})
    void thePeaksOfAnIntelBoardFollowFromItsBlocksAndClock(String id) {
        DeviceProfile board = catalog.board(id);
        double blocks = board.resources().get(Resource.DSP).value();
        double fastest = board.clock().orElseThrow().highest().value();
        double f32 = board.peaks().get(Carrier.F32).value();
        assertTrue(f32 <= 2 * blocks * fastest / 1000 + 0.1, id);
        assertTrue(f32 >= 0.9 * 2 * blocks * fastest / 1000, id);
        assertEquals(4 * blocks * fastest / 1000, board.peaks().get(Carrier.S16).value(), 0.1, id);
        assertEquals(
                4 * blocks * fastest / 1000, board.peaks().get(Carrier.U8S8).value(), 0.1, id);
    }

    /** Published results that a peak must not be below; the designs are named in the sources of the profiles. */
    @ParameterizedTest
    @CsvSource({"stratix10-gx2800, F32, 1232.5", "arria10-gx1150, F32, 866", "arria10-gx1150, S16, 1790"})
    void noPeakIsBelowWhatWasMeasured(String id, Carrier carrier, double measured) {
        assertTrue(catalog.board(id).peaks().get(carrier).value() >= measured);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.runtimetests.platform.OpenClDevices;
import dev.inlay.runtimetests.platform.TestPlatform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Every operand pair of the dense skeletons, bit for bit against the reference: the forms of {@link FormatMatrix}, which
 * the devices of a platform share among them. With {@code -Dinlay.matrix=full -Dinlay.readme=write} what passed is
 * written to {@code results/}.
 */
@Tag("opencl")
final class FormatConformanceTest {
    private static final FormatTally PASSED = new FormatTally();

    @TestFactory
    Stream<DynamicNode> contractions() {
        List<DynamicNode> nodes = new ArrayList<>();
        List<OpenClDevice> devices = OpenClDevices.all();
        boolean avx2 = ProcessorFlag.whyNot(devices.getFirst(), "avx2").isEmpty();
        int next = 0;
        int taken = 0;
        for (List<FormatVariant> row : FormatMatrix.of(TestPlatform.current(), avx2)) {
            for (FormatVariant variant : row) {
                // Plain forms run on other platforms too; those of a processor do not.
                boolean shared = devices.size() > 1 && !variant.isFpga() && !variant.isSet("INLAY_HAS_AVX2");
                if (FormatMatrix.FULL || !shared || next++ % 2 == 0) {
                    taken++;
                    for (int i = 0; i < devices.size(); i++) {
                        if (FormatMatrix.FULL || taken % devices.size() == i) {
                            nodes.add(container(devices.get(i), variant));
                        }
                    }
                }
            }
        }
        return nodes.stream();
    }

    @AfterAll
    static void record() throws IOException {
        if (FormatMatrix.FULL && "write".equals(System.getProperty("inlay.readme"))) {
            PASSED.record();
        }
    }

    private static DynamicContainer container(OpenClDevice device, FormatVariant variant) {
        return DynamicContainer.dynamicContainer(
                device.description().id() + ": " + variant,
                FormatShape.ALL.stream()
                        .filter(shape -> FormatMatrix.FULL
                                || shape.small()
                                || !(device.description().debugger() || variant.isFpga()))
                        .map(shape -> DynamicTest.dynamicTest(
                                device.description().id() + ": " + variant + ": " + shape,
                                () -> check(device, variant, shape))));
    }

    private static void check(OpenClDevice device, FormatVariant variant, FormatShape shape) {
        boolean fused = device.description().features().contains("FMA");
        FormatLaunch launch = new FormatLaunch(FormatCase.of(variant, shape, fused));
        launch.check(device, false, 1);
        if (launch.hasRuns()) {
            launch.check(device, true, 1);
        }
        for (int block = 2; !variant.isFpga() && block <= shape.x().extent(0); block++) {
            launch.check(device, false, block);
        }
        PASSED.add(variant, shape, device.description().id());
    }
}

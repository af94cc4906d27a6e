// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.runtimetests.platform.OpenClDevices;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Every operand pair of the dense skeletons, bit for bit against the reference. The devices of a platform share the
 * compiled forms among them; with {@code -Dinlay.matrix=full} each takes all.
 */
@Tag("opencl")
final class FormatConformanceTest {
    @TestFactory
    Stream<DynamicNode> contractions() {
        List<DynamicNode> nodes = new ArrayList<>();
        List<OpenClDevice> devices = OpenClDevices.all();
        int next = 0;
        for (FormatMatrix.Row row : FormatMatrix.rows()) {
            List<FormatVariant> variants = new ArrayList<>(row.portable());
            if (ProcessorFlag.whyNot(devices.getFirst(), "avx2").isEmpty()) {
                variants.addAll(row.avx2());
            }
            for (FormatVariant variant : variants) {
                next++;
                for (int i = 0; i < devices.size(); i++) {
                    if (FormatMatrix.FULL || next % devices.size() == i) {
                        nodes.add(container(devices.get(i), variant));
                    }
                }
            }
        }
        return nodes.stream();
    }

    private static DynamicContainer container(OpenClDevice device, FormatVariant variant) {
        return DynamicContainer.dynamicContainer(
                device.description().id() + ": " + variant,
                FormatShape.ALL.stream()
                        .filter(shape -> !device.description().debugger() || shape.small())
                        .map(shape -> DynamicTest.dynamicTest(
                                device.description().id() + ": " + variant + ": " + shape,
                                () -> check(device, variant, shape))));
    }

    private static void check(OpenClDevice device, FormatVariant variant, FormatShape shape) {
        FormatLaunch launch = new FormatLaunch(FormatCase.of(variant, shape));
        launch.check(device, false, 1);
        if (launch.hasRuns()) {
            launch.check(device, true, 1);
        }
        for (int block = 2; block <= shape.x().extent(0); block++) {
            launch.check(device, false, block);
        }
    }
}

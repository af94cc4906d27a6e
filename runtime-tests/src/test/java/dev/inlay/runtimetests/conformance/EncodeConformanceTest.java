// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.runtimetests.platform.OpenClDevices;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * {@code move.encode}, bit for bit against the quantisers. The devices of a platform share the compiled forms among them;
 * with {@code -Dinlay.matrix=full} each takes all.
 */
@Tag("opencl")
final class EncodeConformanceTest {
    @TestFactory
    Stream<DynamicTest> encodes() {
        List<DynamicTest> tests = new ArrayList<>();
        List<OpenClDevice> devices = OpenClDevices.all();
        int next = 0;
        for (EncodeVariant variant : EncodeVariant.all()) {
            next++;
            for (int i = 0; i < devices.size(); i++) {
                if (FormatMatrix.FULL || next % devices.size() == i) {
                    OpenClDevice device = devices.get(i);
                    for (EncodeShape shape : EncodeShape.ALL) {
                        tests.add(DynamicTest.dynamicTest(
                                device.description().id() + ": " + variant + ": " + shape,
                                () -> new EncodeLaunch(variant, shape).check(device)));
                    }
                }
            }
        }
        return tests.stream();
    }
}

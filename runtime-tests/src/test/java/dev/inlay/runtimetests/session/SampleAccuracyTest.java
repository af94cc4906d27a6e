// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.session;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.CompileOptions;
import dev.inlay.Engine;
import dev.inlay.Session;
import dev.inlay.graph.Graph;
import dev.inlay.onnx.OnnxReader;
import dev.inlay.plan.DeviceDescription;
import dev.inlay.runtimetests.platform.Engines;
import dev.inlay.runtimetests.platform.TestPlatform;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The trained samples on every device: right often enough, and the same class on every device but for one image in a
 * thousand. All 10,000 test images where Debian's package is installed, else and on rusticl the first 1,000 that ship.
 */
@Tag("opencl")
final class SampleAccuracyTest {
    private static final Path ROOT = Path.of("..");
    private static final Path WHOLE = Path.of("/usr/share/datasets/fashion-mnist");
    private static final Path SHIPPED = ROOT.resolve("samples/data/fashion-mnist-1000");
    private static final int BATCH = 100;

    @ParameterizedTest
    @CsvSource({"lenet5, 0.900", "small-resnet, 0.915"})
    void everyDeviceIsRightAndAgrees(String model, double least) throws IOException {
        List<DeviceDescription> devices =
                Engines.devices().stream().filter(device -> !device.debugger()).toList();
        Assumptions.assumeFalse(devices.isEmpty(), "a debugger takes hours over a data set");
        // llvmpipe takes about 0.1 s an image of the larger sample.
        boolean whole = Files.isDirectory(WHOLE) && TestPlatform.current() != TestPlatform.RUSTICL;
        byte[] images = idx(whole ? WHOLE.resolve("t10k-images-idx3-ubyte.gz") : first("images-1000-idx3"), 16);
        byte[] labels = idx(whole ? WHOLE.resolve("t10k-labels-idx1-ubyte.gz") : first("labels-1000-idx1"), 8);
        Graph graph = OnnxReader.read(
                ROOT.resolve("samples/models/" + model + ".onnx"), Map.of("image", Shape.of(BATCH, 1, 28, 28)));
        Map<String, int[]> classes = new LinkedHashMap<>();
        classes.put(
                DeviceDescription.REFERENCE,
                classify(Engines.current(), graph, DeviceDescription.REFERENCE, images, labels.length));
        for (DeviceDescription device : devices) {
            classes.put(device.id(), classify(Engines.current(), graph, device.id(), images, labels.length));
        }
        classes.forEach((device, answers) -> {
            int right = 0;
            for (int i = 0; i < labels.length; i++) {
                right += answers[i] == labels[i] ? 1 : 0;
            }
            int hits = right;
            assertTrue(
                    right >= least * labels.length,
                    () -> model + " on " + device + ": " + hits + " of " + labels.length + " right");
            classes.forEach((other, others) -> {
                int same = 0;
                for (int i = 0; i < answers.length; i++) {
                    same += answers[i] == others[i] ? 1 : 0;
                }
                int equal = same;
                assertTrue(
                        same >= 0.999 * answers.length,
                        () -> model + ": " + device + " and " + other + " agree on " + equal + " of " + answers.length);
            });
        });
    }

    private static Path first(String kind) {
        return SHIPPED.resolve("t10k-" + kind + "-ubyte.gz");
    }

    private static byte[] idx(Path file, int header) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file));
                DataInputStream data = new DataInputStream(in)) {
            data.skipNBytes(header);
            return data.readAllBytes();
        }
    }

    private static int[] classify(Engine engine, Graph graph, String device, byte[] images, int count) {
        int[] classes = new int[count];
        Tensor batch = Tensor.allocate(ElementType.FLOAT32, Shape.of(BATCH, 1, 28, 28));
        try (Session session = engine.compile(graph, CompileOptions.on(device)).open()) {
            for (int start = 0; start < count; start += BATCH) {
                for (int i = 0; i < BATCH * 784; i++) {
                    batch.set(i, (images[start * 784 + i] & 0xff) / 255.0);
                }
                Tensor logits = session.run(Map.of("image", batch)).get("logits");
                for (int i = 0; i < BATCH; i++) {
                    classes[start + i] = largest(logits, i * 10L);
                }
            }
        }
        return classes;
    }

    private static int largest(Tensor logits, long from) {
        int best = 0;
        for (int i = 1; i < 10; i++) {
            best = logits.getFloat(from + i) > logits.getFloat(from + best) ? i : best;
        }
        return best;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.inlay.onnx.ModelFile;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import dev.inlay.tools.npy.NpyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every verb's document is one JSON text that holds the fields others rely on. */
final class DocumentsTest {
    @TempDir
    Path folder;

    @Test
    void devicesEndWithTheReference() {
        JsonNode devices = CommandLineRun.of("devices", "--json").document(Exit.DONE);
        assertTrue(devices.isArray());
        for (JsonNode device : devices) {
            holds(device, "id", "platform", "name", "type", "class", "driver", "binding", "evidence");
            holds(device, "memoryBytes", "formats");
        }
        assertEquals("reference", devices.get(devices.size() - 1).get("id").textValue());
        assertEquals("reference", devices.get(devices.size() - 1).get("class").textValue());
    }

    @Test
    void doctorLooksAtTheSamples() {
        JsonNode diagnosis = CommandLineRun.of("doctor", "--json").document(Exit.DONE);
        assertTrue(diagnosis.get("findings").findValuesAsText("what").contains("sample model"));
    }

    @Test
    void inspectCounts() throws IOException {
        JsonNode model = CommandLineRun.of("inspect", small(), "--json").document(Exit.DONE);
        holds(model, "inputs", "outputs", "nodes", "parameters", "ops", "bytes", "unsupported");
        assertEquals(6, model.get("parameters").intValue());
        assertEquals(24, model.get("bytes").intValue());
        assertEquals("x", model.get("inputs").get(0).get("name").textValue());
    }

    @Test
    void inspectCountsWhereANodeIsUnsupported() throws IOException {
        Path file = folder.resolve("sampled.onnx");
        byte[] bytes = ModelFile.opset(16)
                .input("x", DataType.FLOAT, 1, 2)
                .floats("w", new long[] {2, 3}, 1, 2, 3, 4, 5, 6)
                .node("MatMul", List.of("x", "w"), "p")
                .node("GridSample", List.of("p", "w"), "s")
                .node("Relu", List.of("s"), "y")
                .output("y", DataType.FLOAT)
                .bytes();
        Files.write(file, bytes);
        JsonNode model = CommandLineRun.of("inspect", file.toString(), "--json").document(Exit.DONE);
        holds(model, "inputs", "outputs", "nodes", "parameters", "bytes", "unsupported");
        assertEquals(3, model.get("nodes").intValue());
        assertEquals(6, model.get("parameters").intValue());
        assertEquals(24, model.get("bytes").intValue());
        assertFalse(model.has("ops"), "the operations of an unknown operator are unknown");
        assertEquals("[1,2]", model.get("inputs").get(0).get("shape").toString());
        assertEquals("FLOAT32", model.get("outputs").get(0).get("type").textValue());
        assertFalse(model.get("outputs").get(0).has("shape"), "nothing gives it");
        assertEquals("GridSample", model.get("unsupported").get(0).get("op").textValue());
        CommandLineRun text = CommandLineRun.of("inspect", file.toString());
        assertTrue(text.out().contains("3 nodes, 6 parameters, unknown operations a run"), text.out());
        assertTrue(text.out().contains("out  y FLOAT32 of unknown shape"), text.out());
    }

    @Test
    void runWritesItsOutputs() throws IOException {
        Path input = folder.resolve("x.npy");
        NpyFile.write(input, Tensor.of(Shape.of(1, 3), 1f, 1f, 1f));
        Path out = folder.resolve("out");
        JsonNode ran = CommandLineRun.of(
                        "run",
                        small(),
                        "--input",
                        "x=" + input,
                        "--output",
                        out.toString(),
                        "--devices",
                        "reference",
                        "--json")
                .document(Exit.DONE);
        holds(ran, "outputs", "latencyMs", "placements", "fallbacks");
        holds(ran.get("placements").get(0), "node", "device", "kernel", "why");
        assertArrayEquals(new float[] {9, 0}, NpyFile.read(out.resolve("y.npy")).toFloats());
    }

    @Test
    void verifyHoldsAgainstBothOracles() throws IOException {
        for (String oracle : List.of("reference", "onnxruntime")) {
            JsonNode verified = CommandLineRun.of(
                            "verify", small(), "--oracle", oracle, "--devices", "reference", "--bisect", "--json")
                    .document(Exit.DONE);
            holds(verified, "model", "results", "fallbacks");
            holds(verified.get("results").get(0), "device", "output", "exact", "maxAbs", "nmse", "within");
        }
    }

    @Test
    void approximateSaysWhatItCalibratedOn() {
        String[] line = {
            "approximate",
            Samples.lenet5().toString(),
            "--recipe",
            Home.current().models().resolveSibling("recipes/int8.yaml").toString(),
            "--calibrate",
            "fashion-mnist-1000:70",
            "--seed",
            "3",
            "-o",
            folder.resolve("int8.onnx").toString(),
            "--json"
        };
        JsonNode report = CommandLineRun.of(line).document(Exit.DONE);
        holds(report, "model", "recipe", "calibration", "layers", "compression");
        holds(report.get("layers").get(0), "node", "method", "params", "error", "bytesBefore", "bytesAfter");
        JsonNode calibration = report.get("calibration");
        assertEquals("fashion-mnist-1000", calibration.get("dataset").textValue());
        assertEquals("TEST", calibration.get("split").textValue());
        assertEquals(64, calibration.get("n").intValue(), "whole batches are run");
        assertEquals(3, calibration.get("seed").intValue());
        CommandLineRun text = CommandLineRun.of(Arrays.copyOf(line, line.length - 1));
        assertTrue(
                text.out().contains("calibrated on 64 test images of fashion-mnist-1000, drawn with seed 3"),
                text.out());
    }

    @Test
    void approximateTakesNoiseInTheShapesOfAnyModel() throws IOException {
        JsonNode calibration = CommandLineRun.of(
                        "approximate",
                        small(),
                        "--recipe",
                        Home.current()
                                .models()
                                .resolveSibling("recipes/int8.yaml")
                                .toString(),
                        "--calibrate",
                        "random:2",
                        "-o",
                        folder.resolve("noise.onnx").toString(),
                        "--json")
                .document(Exit.DONE)
                .get("calibration");
        assertEquals("random", calibration.get("dataset").textValue());
        assertFalse(calibration.has("split"), calibration::toString);
        assertEquals(2, calibration.get("n").intValue());
    }

    @Test
    void accuracyCounts() {
        JsonNode accuracy = CommandLineRun.of(
                        "accuracy",
                        Samples.lenet5().toString(),
                        "--dataset",
                        "fashion-mnist-1000:70",
                        "--devices",
                        "reference",
                        "--json")
                .document(Exit.DONE);
        holds(accuracy, "dataset", "n", "top1", "device");
        assertEquals(70, accuracy.get("n").intValue());
        assertTrue(accuracy.get("top1").doubleValue() > 0.8, accuracy.toString());
    }

    @Test
    void benchMeasuresAStreamBesideADevice() throws IOException {
        Path trace = folder.resolve("trace.json");
        JsonNode bench = CommandLineRun.of(
                        "bench",
                        small(),
                        "--scenario",
                        "Offline",
                        "--batch",
                        "1",
                        "--devices",
                        "reference",
                        "--slots",
                        "2",
                        "--beside",
                        "reference",
                        "--seconds",
                        "0.05",
                        "--count",
                        "3",
                        "--trace",
                        trace.toString(),
                        "--json")
                .document(Exit.DONE);
        assertEquals("reference alone", bench.get("versus").get("name").textValue());
        assertTrue(bench.get("versus").get("ratio").doubleValue() > 0);
        assertTrue(bench.get("samples").intValue() >= 3);
        JsonNode events = new JsonMapper().readTree(trace.toFile()).get("traceEvents");
        assertEquals(
                2 * 4 * 2,
                events.findValuesAsText("name").stream()
                        .filter(name -> name.startsWith("request "))
                        .count());
    }

    @Test
    void benchComparesWithTheRival() throws IOException {
        JsonNode bench = CommandLineRun.of(
                        "bench",
                        small(),
                        "--scenario",
                        "SingleStream",
                        "--versus",
                        "onnxruntime",
                        "--devices",
                        "reference",
                        "--seconds",
                        "0.01",
                        "--count",
                        "3",
                        "--json")
                .document(Exit.DONE);
        holds(
                bench,
                "device",
                "samples",
                "p50Ms",
                "p90Ms",
                "p99Ms",
                "samplesPerSecond",
                "roofline",
                "layers",
                "versus");
        holds(bench.get("roofline"), "ops", "bytes");
        holds(bench.get("versus"), "name", "p50Ms", "samplesPerSecond", "ratio");
    }

    @Test
    void compareSaysWhereEachFigureComesFrom() throws IOException {
        Path csv = folder.resolve("new/rows.csv");
        Path page = folder.resolve("new/page.html");
        JsonNode compared = CommandLineRun.of(
                        "compare",
                        Samples.lenet5().toString(),
                        "--devices",
                        "reference",
                        "--dataset",
                        "fashion-mnist-1000:20",
                        "--calibrate",
                        "fashion-mnist-1000:20",
                        "--recipes",
                        "int8",
                        "--profiles",
                        "stratix10-gx2800",
                        "--no-large",
                        "--csv",
                        csv.toString(),
                        "--report",
                        page.toString(),
                        "--json")
                .document(Exit.DONE);
        holds(compared, "answer", "findings", "setting", "rows", "fronts", "devices", "layers", "effects", "residuals");
        JsonNode rows = compared.get("rows");
        assertEquals(List.of("none", "none", "int8", "int8"), rows.findValuesAsText("method"));
        for (JsonNode row : rows) {
            holds(row, "model", "method", "device", "class", "top1", "latencyMs", "samplesPerSecond");
            holds(row, "weightBytes", "compression", "evidence");
            assertFalse(row.has("joulesPerSample"), "an energy that nobody measured or modelled is absent");
        }
        assertEquals("MEASURED", rows.get(0).get("evidence").get("latencyMs").textValue());
        JsonNode board = rows.get(1);
        assertEquals("EMULATED", board.get("evidence").get("top1").textValue());
        assertEquals("MODELLED", board.get("evidence").get("latencyMs").textValue());
        assertEquals("MODELLED", board.get("evidence").get("samplesPerSecond").textValue());
        assertEquals(rows.get(0).get("top1"), board.get("top1"));
        assertTrue(rows.get(2).get("compression").doubleValue() > 3.5, rows::toString);
        assertEquals(5, Files.readAllLines(csv).size());
        assertTrue(
                Files.readString(page).contains("\"answer\":" + compared.get("answer")), "the page holds the document");
    }

    private String small() throws IOException {
        return Samples.small(folder).toString();
    }

    private static void holds(JsonNode object, String... fields) {
        assertTrue(CommandLineRun.fields(object).containsAll(Set.of(fields)), object::toString);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import dev.inlay.tools.npy.NpyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a caller gets wrong ends with its exit code and one line that names it. */
final class ErrorsTest {
    @TempDir
    static Path folder;

    @BeforeAll
    static void writeFiles() throws IOException {
        Path model = Samples.small(folder);
        byte[] whole = Files.readAllBytes(model);
        Files.write(folder.resolve("cut.onnx"), Arrays.copyOf(whole, whole.length / 2));
        Files.write(folder.resolve("empty.onnx"), new byte[0]);
        Files.writeString(folder.resolve("text.onnx"), "This is no model.");
        NpyFile.write(folder.resolve("good.npy"), Tensor.of(Shape.of(1, 3), 1f, 2f, 3f));
        NpyFile.write(folder.resolve("shape.npy"), Tensor.of(Shape.of(1, 4), 1f, 2f, 3f, 4f));
        NpyFile.write(folder.resolve("type.npy"), Tensor.of(Shape.of(1, 3), 1L, 2L, 3L));
        byte[] good = Files.readAllBytes(folder.resolve("good.npy"));
        Files.write(folder.resolve("cut.npy"), Arrays.copyOf(good, good.length - 1));
        Files.write(folder.resolve("empty.npy"), new byte[0]);
        Files.writeString(folder.resolve("file"), "");
        String recipe =
                "schemaVersion: 1\nname: r\nlayers:\n  - weights: {method: %s}\n    activations: {method: %s}\n";
        Files.writeString(folder.resolve("int8.yaml"), recipe.formatted("affine, bits: 8", "affine, bits: 8"));
        Files.writeString(folder.resolve("key.yaml"), recipe.formatted("affine, bitz: 8", "affine, bits: 8"));
        Files.writeString(folder.resolve("pair.yaml"), recipe.formatted("affine, bits: 8", "binary"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3 | run @none.onnx --input x=@good.npy --output @out | none.onnx: got no such file",
                "3 | run @empty.onnx --input x=@good.npy --output @out | empty.onnx: got an empty file",
                "3 | run @cut.onnx --input x=@good.npy --output @out | cut.onnx: ",
                "3 | run @text.onnx --input x=@good.npy --output @out | text.onnx: ",
                "3 | run @. --input x=@good.npy --output @out | got no regular file",
                "3 | inspect @cut.onnx | cut.onnx: ",
                "3 | verify @none.onnx --oracle reference | none.onnx: got no such file",
                "3 | accuracy @none.onnx --dataset fashion-mnist-1000 | none.onnx: got no such file",
                "3 | bench @empty.onnx --scenario Offline | empty.onnx: got an empty file",
                "3 | compare @none.onnx --devices reference | none.onnx: got no such file",
                "2 | compare --recipes nonsense | recipe: got \"nonsense\", expected a file *.yaml, none or one of abc-net",
                "2 | compare --profiles nonsense | profile: got \"nonsense\", expected one of",
                "3 | compare --recipes @key.yaml | key.yaml: ",
                "3 | compare --recipes none --csv @. | got a folder, expected a file to write",
                "3 | approximate @none.onnx --recipe @int8.yaml -o @o.onnx | none.onnx: got no such file",
                "3 | approximate @cut.onnx --recipe @int8.yaml -o @o.onnx | cut.onnx: ",
                "3 | approximate @small.onnx --recipe @none.yaml -o @o.onnx | none.yaml: got no such file",
                "3 | approximate @small.onnx --recipe @key.yaml -o @o.onnx | key.yaml: ",
                "3 | approximate @small.onnx --recipe @pair.yaml -o @o.onnx | for which there is no kernel",
                "3 | approximate @small.onnx --recipe @int8.yaml -o @o.onnx | input \"x\": got FLOAT32 ",
                "2 | approximate @small.onnx --recipe @int8.yaml --calibrate mnist -o @o.onnx | data set: got \"mnist\"",
                "2 | approximate @small.onnx --recipe @int8.yaml --calibrate random:0 -o @o.onnx | got \"random:0\", expected",
                "2 | approximate @small.onnx -o @o.onnx | --recipe",
                "2 | compile @small.onnx -o @project | --board: got nothing",
                "2 | compile @small.onnx --board none -o @project | board: got \"none\", expected a device that is here",
                "2 | compile @small.onnx --board titan-x-pascal -o @project | got titan-x-pascal of class gpu",
                "3 | compile --collect -o @none | none",
                "3 | run @small.onnx --bitstreams @none --input x=@good.npy --output @out | got no folder",
                "3 | run @small.onnx --input x=@none.npy --output @out | none.npy: no such file",
                "3 | run @small.onnx --input x=@empty.npy --output @out | empty.npy: got 0 bytes",
                "3 | run @small.onnx --input x=@cut.npy --output @out | cut.npy: got 11 bytes of elements, expected 12",
                "3 | run @small.onnx --input x=@small.onnx --output @out | expected the magic number of .npy",
                "3 | run @small.onnx --input x=@shape.npy --output @out | got FLOAT32 1x4 for input \"x\", expected FLOAT32 1x3",
                "3 | run @small.onnx --input x=@type.npy --output @out | got INT64 1x3 for input \"x\", expected FLOAT32 1x3",
                "3 | run @small.onnx --devices reference --input x=@good.npy --output @file | file: exists and is no folder",
                "3 | accuracy @small.onnx --devices reference --dataset fashion-mnist-1000 | input \"x\": got FLOAT32 ",
                "2 | run @small.onnx --input y=@good.npy --output @out | --input: got \"y\", expected one of x",
                "2 | run @small.onnx --output @out | --input: got none for \"x\"",
                "2 | run @small.onnx --input x=@good.npy | --output",
                "2 | run @small.onnx --input x --output @out | --input",
                "2 | run @small.onnx --input x=@good.npy --output @out --devices gpu/none-0 | device: got \"gpu/none-0\", expected one of",
                "2 | run @small.onnx --devices reference --input x=@good.npy --output @out --pin relu=gpu/none-0 | device: got \"gpu/none-0\"",
                "2 | run @small.onnx --devices reference --input x=@good.npy --output @out --pin reul=reference | --pin: got no node \"reul\", expected one of product, relu",
                "2 | run @small.onnx --input x=@good.npy --output @out --pin relu | --pin",
                "2 | run @small.onnx --input x=@good.npy --output @out --devics reference | near it: --de",
                "2 | run | MODEL",
                "2 | verify @small.onnx --oracle oracle | expected one of [reference, onnxruntime]",
                "2 | verify @small.onnx --oracle reference --tolerance -1 | --tolerance: got -1.0",
                "2 | verify @small.onnx --oracle reference --seed one | --seed",
                "2 | verify @small.onnx --oracle reference --shape x=1,b | --shape x: got \"1,b\"",
                "2 | accuracy @small.onnx --dataset imagenet | data set: got \"imagenet\", expected one of fashion-mnist, fashion-mnist-1000",
                "2 | accuracy @small.onnx --dataset fashion-mnist-1000:0 | expected NAME or NAME:N",
                "2 | accuracy @small.onnx --dataset fashion-mnist-1000 --batch 0 | --batch: got 0, expected at least 1",
                "2 | bench @small.onnx --scenario Online | expected one of [SingleStream, Offline]",
                "2 | bench @small.onnx --scenario Offline --count 0 | --count: got 0",
                "2 | bench @small.onnx --scenario Offline --slots 0 | --slots: got 0",
                "2 | bench @small.onnx --scenario SingleStream --slots 2 | --slots: got 2, expected 1 but in Offline",
                "2 | bench @small.onnx --scenario SingleStream --beside reference | --beside: got reference",
                "2 | bench @small.onnx --scenario Offline --split gpu/none-0=2 | split gpu/none-0=2: got no such device",
                "2 | run @small.onnx --input x=@good.npy --output @out --on-fault hope | expected one of [fail, replan]",
                "2 | plan @small.onnx --max-cuts -1 | --max-cuts: got -1, expected at least 0",
                "2 | plan @small.onnx --max-cuts few | 'few' is not an int",
                "2 | plan @small.onnx --within -1 | --within: got -1, expected at least 0 seconds",
                "2 | plan @small.onnx --batch 1 | --batch: got 1, expected at least 2",
                "2 | tune --formats u9*s9 | --formats: got \"u9*s9\", expected some of f32*f32, u8*s8",
                "3 | profile @missing.onnx | missing.onnx: got no such file, expected an ONNX model",
                "2 | run @small.onnx --input x=@good.npy --output @out --patience 0 | --patience: got 0.0, expected 0.001 to",
                "3 | run @small.onnx --devices reference --input x=@good.npy --output @out --trace @none/t.json | t.json: no such file",
                "2 | bench @small.onnx --scenario Offline --versus tensorflow | --versus",
                "2 | zoo alexnett -o @out.onnx | zoo: got \"alexnett\"",
                "2 | devices --binding cuda | binding: got \"cuda\"",
                "2 | devices --jsn | near it: --json",
            })
    void oneLineAndACode(int code, String line, String said) {
        CommandLineRun run = CommandLineRun.of(arguments(line));
        assertEquals(code, run.code(), run.err());
        assertEquals(1, run.errors().size(), run.err());
        String error = run.errors().getFirst();
        assertTrue(error.startsWith("inlay " + line.split(" ")[0] + ": "), error);
        assertTrue(error.contains(said), error);
        assertEquals("", run.out());
    }

    @Test
    void namesTheVerbsWhereOneIsUnknown() {
        CommandLineRun run = CommandLineRun.of("verfy");
        assertEquals(Exit.USAGE.code(), run.code());
        assertEquals(List.of(), run.errors());
        assertTrue(run.err().contains("got no verb verfy, expected one of "), run.err());
        assertTrue(run.err().contains("; near it: verify"), run.err());
    }

    @Test
    void showsTheStackWhenAsked() {
        CommandLineRun run = CommandLineRun.of(arguments("inspect @cut.onnx --debug"));
        assertEquals(Exit.UNUSABLE.code(), run.code());
        assertTrue(run.err().contains("\tat dev.inlay."), run.err());
    }

    @Test
    void sharesNoOutputWithAnErrorInJson() {
        CommandLineRun run = CommandLineRun.of(arguments("inspect @cut.onnx --json"));
        assertEquals(Exit.UNUSABLE.code(), run.code());
        assertEquals("", run.out());
    }

    /** {@code @} stands for the folder of this test's files. */
    private static String[] arguments(String line) {
        return Arrays.stream(line.strip().split(" +"))
                .map(word -> word.replace("@", folder + "/"))
                .toArray(String[]::new);
    }
}

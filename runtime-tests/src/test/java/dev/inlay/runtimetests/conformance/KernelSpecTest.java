// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.backend.opencl.OpenClDevice;
import dev.inlay.backend.opencl.binding.ClKernel;
import dev.inlay.backend.opencl.binding.KernelArgInfo;
import dev.inlay.kernels.KernelCatalog;
import dev.inlay.kernels.KernelId;
import dev.inlay.kernels.KernelSpec;
import dev.inlay.runtimetests.platform.OpenClDevices;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Each specification says what its text says. */
final class KernelSpecTest {
    private static final Pattern GUARDED =
            Pattern.compile("#ifndef (\\w+)\\n#define (\\w+) (\\S+) // (\\S.*)\\n#endif\\n");
    private static final Pattern CHANNEL = Pattern.compile("(?:FIRST_)?CHANNEL_ARGUMENT\\((\\w+)\\)");
    private static final Pattern IN_PATH = Pattern.compile("\\$\\{(\\w+)}");

    /** The default variant of every kernel, and one for each further carrier of those that have several. */
    private static List<KernelId> defaults() {
        List<KernelId> ids = new ArrayList<>();
        for (String name : KernelCatalog.names()) {
            ids.add(KernelId.of(name, Map.of()));
            KernelCatalog.spec(name).defines().getOrDefault("CARRIER", List.of()).stream()
                    .skip(1)
                    .forEach(carrier -> ids.add(KernelId.of(name, Map.of("CARRIER", carrier))));
        }
        return ids;
    }

    /** A guarded define of a text. */
    private record Guard(String value, String comment) {}

    private static Map<String, Guard> guards(String source) {
        Map<String, Guard> guards = new TreeMap<>();
        Matcher matcher = GUARDED.matcher(source);
        while (matcher.find()) {
            assertEquals(matcher.group(1), matcher.group(2), "what is guarded and what is defined");
            guards.put(matcher.group(1), new Guard(matcher.group(3), matcher.group(4)));
        }
        long lines = source.lines().filter(line -> line.startsWith("#ifndef")).count();
        assertEquals(lines, guards.size(), "#ifndef lines, and those followed by a default and a comment");
        return guards;
    }

    @TestFactory
    Stream<DynamicTest> definesAreThoseOfTheText() {
        return defaults().stream()
                .map(id -> DynamicTest.dynamicTest(id.toString(), () -> {
                    KernelSpec spec = KernelCatalog.spec(id.spec());
                    Map<String, Guard> guards = guards(KernelCatalog.source(id));
                    Set<String> inText = new TreeSet<>(guards.keySet());
                    spec.prelude()
                            .forEach(path -> IN_PATH.matcher(path).results().forEach(it -> inText.add(it.group(1))));
                    Set<String> inSpec = new TreeSet<>(spec.defines().keySet());
                    inSpec.addAll(spec.tunables().keySet());
                    assertEquals(inSpec, inText);
                    guards.forEach((name, guard) -> {
                        KernelSpec.Tunable tunable = spec.tunables().get(name);
                        if (tunable != null) {
                            assertEquals(Integer.toString(tunable.defaultValue()), guard.value(), name);
                            assertTrue(
                                    guard.comment().startsWith(tunable.unit() + ": "),
                                    () -> name + ": got \"" + guard.comment() + "\", expected the unit "
                                            + tunable.unit());
                        } else if (id.defines().isEmpty()) {
                            assertEquals(spec.defines().get(name).getFirst(), guard.value(), name);
                        } else {
                            // A further carrier has formats of its own as defaults.
                            assertTrue(spec.defines().get(name).contains(guard.value()), name);
                        }
                    });
                }));
    }

    @TestFactory
    Stream<DynamicTest> tunablesHaveTheirDefaultInRange() {
        return KernelCatalog.names().stream()
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    KernelSpec spec = KernelCatalog.spec(name);
                    assertEquals(name, spec.name());
                    assertEquals(1, spec.schemaVersion());
                    spec.tunables().forEach((tunable, range) -> {
                        assertTrue(range.min() <= range.defaultValue() && range.defaultValue() <= range.max(), tunable);
                        refused(name, tunable, Integer.toString(range.max() + 1), range);
                        refused(name, tunable, Integer.toString(range.min() - 1), range);
                        refused(name, tunable, "many", range);
                        for (int allowed : new int[] {range.min(), range.max()}) {
                            String source =
                                    KernelCatalog.source(KernelId.of(name, Map.of(tunable, Integer.toString(allowed))));
                            assertTrue(source.contains("#define " + tunable + " " + allowed + "\n"));
                        }
                    });
                }));
    }

    private static void refused(String name, String tunable, String value, KernelSpec.Tunable range) {
        KernelId id = KernelId.of(name, Map.of(tunable, value));
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> KernelCatalog.source(id));
        assertEquals(
                "kernel " + name + ": " + tunable + ": got " + value + ", expected " + range.min() + " to "
                        + range.max() + " " + range.unit(),
                refusal.getMessage());
    }

    @TestFactory
    Stream<DynamicTest> unknownDefinesAndValuesAreRefused() {
        return KernelCatalog.names().stream()
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    KernelSpec spec = KernelCatalog.spec(name);
                    KernelId unknown = KernelId.of(name, Map.of("NO_SUCH", "1"));
                    assertEquals(
                            "kernel " + name + ": got the define NO_SUCH=1, expected one of "
                                    + spec.defines().keySet(),
                            assertThrows(IllegalArgumentException.class, () -> KernelCatalog.source(unknown))
                                    .getMessage());
                    spec.defines().forEach((define, allowed) -> {
                        KernelId wrong = KernelId.of(name, Map.of(define, "NO_SUCH"));
                        assertEquals(
                                "kernel " + name + ": got the define " + define + "=NO_SUCH, expected one of "
                                        + allowed,
                                assertThrows(IllegalArgumentException.class, () -> KernelCatalog.source(wrong))
                                        .getMessage());
                    });
                }));
    }

    @Test
    void unknownKernelIsRefused() {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> KernelCatalog.spec("contract.none"));
        assertEquals("kernel: got \"contract.none\", expected one of " + KernelCatalog.names(), refusal.getMessage());
    }

    @Test
    void everyFileBelongsToASpecification() throws Exception {
        Set<String> expected = new TreeSet<>(Set.of("prelude/arithmetic.cl"));
        for (String name : KernelCatalog.names()) {
            KernelSpec spec = KernelCatalog.spec(name);
            expected.add(name.replaceFirst("\\.", "/") + ".json");
            expected.add(spec.source());
            for (String path : spec.prelude()) {
                Matcher define = IN_PATH.matcher(path);
                List<String> values = define.find() ? spec.defines().get(define.group(1)) : List.of("");
                values.forEach(value -> expected.add(IN_PATH.matcher(path).replaceAll(value)));
            }
        }
        URI folder = KernelCatalog.class.getResource("cl").toURI();
        if (folder.getScheme().equals("jar")) {
            String inside = folder.toString().substring(folder.toString().indexOf("!") + 1);
            try (FileSystem jar = FileSystems.newFileSystem(folder, Map.of())) {
                assertEquals(expected, files(jar.getPath(inside)));
            }
        } else {
            assertEquals(expected, files(Path.of(folder)));
        }
    }

    private static Set<String> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            Set<String> names = new TreeSet<>();
            all.filter(Files::isRegularFile)
                    .forEach(file -> names.add(folder.relativize(file).toString()));
            return names;
        }
    }

    /** The parameters as the text declares them: the only place that tells a pointer to const from any other. */
    @TestFactory
    Stream<DynamicTest> argumentsAreThoseOfTheText() {
        return KernelCatalog.names().stream()
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    KernelSpec spec = KernelCatalog.spec(name);
                    String source = KernelCatalog.source(KernelId.of(name, Map.of()));
                    if (spec.isPipeline()) {
                        assertEquals(spec.entry(), spec.stages().getLast().entry());
                        spec.stages().forEach(stage -> checkStage(spec, stage, source));
                    } else {
                        assertEquals(spec.arguments(), declared(parameters(source, spec.entry())));
                        offsetsFollowBuffers(spec.arguments());
                    }
                }));
    }

    private static String parameters(String source, String entry) {
        Matcher parameters =
                Pattern.compile("\\b" + entry + "\\(([^{]*)\\) \\{").matcher(source);
        assertTrue(parameters.find(), entry);
        return parameters.group(1);
    }

    private static List<KernelSpec.Argument> declared(String parameters) {
        return Arrays.stream(parameters.split(","))
                .filter(parameter -> !parameter.isBlank())
                .map(parameter -> argument(parameter.strip().replaceAll("\\s+", " ")))
                .toList();
    }

    private static void checkStage(KernelSpec spec, KernelSpec.Stage stage, String source) {
        String parameters = parameters(source, stage.entry());
        assertEquals(spec.arguments(stage), declared(CHANNEL.matcher(parameters).replaceAll("")), stage.entry());
        List<String> channels = CHANNEL.matcher(parameters)
                .results()
                .map(channel -> channel.group(1))
                .toList();
        assertEquals(stage.channels(), channels, stage.entry());
        offsetsFollowBuffers(spec.arguments(stage));
    }

    private static KernelSpec.Argument argument(String parameter) {
        String name = parameter.replaceFirst(".*\\W", "");
        String type = parameter.substring(0, parameter.length() - name.length()).strip();
        KernelSpec.Kind kind = switch (type) {
            case "ulong" -> KernelSpec.Kind.OFFSET;
            case "int" -> KernelSpec.Kind.INT;
            case "float" -> KernelSpec.Kind.FLOAT;
            default -> {
                assertTrue(type.matches("__global (const )?\\w+ \\*"), parameter);
                yield type.contains("const ") ? KernelSpec.Kind.READ : KernelSpec.Kind.WRITE;
            }
        };
        return new KernelSpec.Argument(name, kind);
    }

    private static void offsetsFollowBuffers(List<KernelSpec.Argument> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            KernelSpec.Argument each = arguments.get(i);
            if (each.kind() == KernelSpec.Kind.READ || each.kind() == KernelSpec.Kind.WRITE) {
                assertEquals(
                        new KernelSpec.Argument(each.name() + "_offset", KernelSpec.Kind.OFFSET), arguments.get(i + 1));
            }
        }
    }

    @Tag("opencl")
    @TestFactory
    Stream<DynamicTest> argumentsAreThoseOfTheCompiledKernel() {
        OpenClDevice device = OpenClDevices.uncached();
        return defaults().stream()
                .filter(id -> !KernelCatalog.spec(id.spec()).isPipeline())
                .map(id -> DynamicTest.dynamicTest(
                        device.description().id() + ": " + id, () -> checkArguments(device, id)))
                .onClose(device::close);
    }

    private static void checkArguments(OpenClDevice device, KernelId id) {
        Optional<List<KernelArgInfo>> answer = device.call("asking for arguments", () -> {
            ClKernel kernel = device.kernel(id);
            try {
                return device.api().kernelArgs(kernel);
            } finally {
                device.api().release(kernel);
            }
        });
        Assumptions.assumeTrue(answer.isPresent(), "the driver keeps nothing about arguments");
        List<KernelArgInfo> compiled = answer.orElseThrow();
        List<KernelSpec.Argument> arguments = KernelCatalog.spec(id.spec()).arguments();
        assertEquals(
                arguments.stream().map(KernelSpec.Argument::name).toList(),
                compiled.stream().map(KernelArgInfo::name).toList());
        for (int i = 0; i < arguments.size(); i++) {
            KernelArgInfo got = compiled.get(i);
            String type = got.typeName();
            boolean agrees = switch (arguments.get(i).kind()) {
                case READ, WRITE -> got.space() == KernelArgInfo.Space.GLOBAL && type.endsWith("*");
                case OFFSET -> isValue(got, "ulong");
                case INT -> isValue(got, "int");
                case FLOAT -> isValue(got, "float");
            };
            assertTrue(agrees, () -> "got " + got + ", expected " + arguments.get(compiled.indexOf(got)));
        }
    }

    private static boolean isValue(KernelArgInfo got, String type) {
        return got.space() == KernelArgInfo.Space.PRIVATE && got.typeName().equals(type);
    }

    @Test
    void stagesNameArgumentsOfTheirKernel() {
        KernelSpec spec = KernelCatalog.spec("contract.dense.fpga");
        KernelSpec.Stage stage = new KernelSpec.Stage("contract_none", List.of("none"), List.of());
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> spec.arguments(stage));
        assertEquals(
                "kernel contract.dense.fpga: contract_none: got the argument none, expected one of " + spec.arguments(),
                refusal.getMessage());
    }

    @TestFactory
    Stream<DynamicTest> clangAcceptsEveryText(@TempDir Path folder) throws Exception {
        Assumptions.assumeTrue(
                Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(path -> Files.isExecutable(Path.of(path, "clang-15"))),
                "clang-15 is not installed; apt install clang-15");
        return defaults().stream()
                .map(id -> DynamicTest.dynamicTest(id.toString(), () -> {
                    Path file = folder.resolve(id.spec() + "-" + id.defines().size() + ".cl");
                    Files.writeString(file, KernelCatalog.source(id));
                    Process process = new ProcessBuilder(
                                    "clang-15",
                                    "-x",
                                    "cl",
                                    "-cl-std=CL1.2",
                                    "-target",
                                    "spir64",
                                    "-Xclang",
                                    "-finclude-default-header",
                                    "-fsyntax-only",
                                    file.toString())
                            .redirectErrorStream(true)
                            .start();
                    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                    assertEquals(0, process.waitFor(), said);
                }));
    }
}

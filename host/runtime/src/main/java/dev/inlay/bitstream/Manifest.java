// SPDX-License-Identifier: Apache-2.0
package dev.inlay.bitstream;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.inlay.kernels.KernelCatalog;
import dev.inlay.kernels.KernelId;
import dev.inlay.kernels.KernelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What lies in a bitstream. It is a JSON file beside the bitstream, and not to be trusted.
 *
 * @param schemaVersion {@value #SCHEMA_VERSION}
 * @param board id of the profile that the board matches
 * @param deviceClass {@code cpu}, {@code gpu} or {@code fpga}: whose skeletons
 * @param sdk what compiled it
 * @param file the bitstream's name, in the folder of the manifest
 * @param sha256 of the bitstream, 64 lower-case hexadecimal digits
 * @param tile tunables of the dense skeleton: how many lanes, vectors, pixels and runs it computes at once
 * @param kernels at least one
 * @param maxBufferBytes that one buffer of a kernel may have, above 0
 * @param banks name of a kernel's argument to the memory bank it must lie in, 1 to 7; an argument that is not named lies
 *     anywhere
 * @param built what the compiler reported; absent where it reports nothing
 */
public record Manifest(
        int schemaVersion,
        String board,
        @JsonProperty("class") String deviceClass,
        Sdk sdk,
        String file,
        String sha256,
        Map<String, Integer> tile,
        List<Kernel> kernels,
        long maxBufferBytes,
        Map<String, Integer> banks,
        Optional<Built> built) {
    public static final int SCHEMA_VERSION = 1;

    private static final long LARGEST_FILE = 1 << 20;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .addModule(new Jdk8Module())
            .build();

    /**
     * @param platform the OpenCL platform's own name
     * @param version that the driver's version begins with, for example {@code 19.4}
     */
    public record Sdk(String platform, String version) {
        public Sdk {
            require(!blank(platform), "platform", platform, "the platform's name");
            require(!blank(version), "version", version, "a version");
        }
    }

    /**
     * One kernel, or one pipeline of them.
     *
     * @param id as a plan names it
     * @param entries its kernel functions in the bitstream by their names in the source, each with the queue it is
     *     launched in
     */
    public record Kernel(String id, Map<String, Entry> entries) {
        public Kernel {
            try {
                require(id != null, "id", "nothing", "a kernel's name");
                KernelId.parse(id);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("id: " + e.getMessage(), e);
            }
            require(entries != null && !entries.isEmpty(), "entries", "nothing", "at least one");
            entries = Map.copyOf(entries);
        }

        /** A kernel whose functions have the names of its source, those of a pipeline each with a queue of its own. */
        public static Kernel of(KernelId id) {
            KernelSpec spec = KernelCatalog.spec(id.spec());
            Map<String, Entry> entries = new TreeMap<>(Map.of(spec.entry(), new Entry(spec.entry(), 0)));
            for (int i = 0; i < spec.stages().size(); i++) {
                String entry = spec.stages().get(i).entry();
                entries.put(entry, new Entry(entry, i));
            }
            return new Kernel(id.toString(), entries);
        }

        public KernelId kernel() {
            return KernelId.parse(id);
        }
    }

    /**
     * @param name of the kernel function in the bitstream
     * @param queue from 0; kernels that run at the same time have queues of their own
     */
    public record Entry(String name, int queue) {
        public Entry {
            require(!blank(name), "name", name, "a kernel function's name");
            require(queue >= 0 && queue < 64, "queue", queue, "0 to 63");
        }
    }

    /**
     * What the compiler reported.
     *
     * @param fmaxMHz the kernels' clock
     * @param used of the board: {@code ALM}, {@code DSP}, {@code M20K} and so on
     */
    public record Built(double fmaxMHz, Map<String, Long> used) {
        public Built {
            require(fmaxMHz > 0 && fmaxMHz < 10_000, "fmaxMHz", fmaxMHz, "a clock above 0");
            require(used != null, "used", "nothing", "resources");
            used = Map.copyOf(used);
        }
    }

    public Manifest {
        require(schemaVersion == SCHEMA_VERSION, "schemaVersion", schemaVersion, SCHEMA_VERSION);
        require(!blank(board), "board", board, "a profile's id");
        require(deviceClass != null && deviceClass.matches("cpu|gpu|fpga"), "class", deviceClass, "cpu, gpu or fpga");
        require(sdk != null, "sdk", "nothing", "{platform, version}");
        require(
                file != null && file.matches("[A-Za-z0-9][A-Za-z0-9._-]*"),
                "file",
                file,
                "a file's name in the manifest's folder");
        require(sha256 != null && sha256.matches("[0-9a-f]{64}"), "sha256", sha256, "64 hexadecimal digits");
        require(tile != null, "tile", "nothing", "an object");
        require(kernels != null && !kernels.isEmpty(), "kernels", "nothing", "at least one");
        require(maxBufferBytes > 0, "maxBufferBytes", maxBufferBytes, "above 0");
        require(banks != null, "banks", "nothing", "an object");
        banks.forEach((argument, bank) ->
                require(bank != null && bank >= 1 && bank <= 7, "banks." + argument, bank, "1 to 7"));
        tile = new TreeMap<>(tile);
        kernels = List.copyOf(kernels);
        banks = new TreeMap<>(banks);
        for (Kernel kernel : kernels) {
            Map<String, String> defines = kernel.kernel().defines();
            boolean dense = kernel.kernel().spec().startsWith("contract.dense");
            tile.forEach((name, value) -> require(
                    !dense || defines.getOrDefault(name, value.toString()).equals(value.toString()),
                    "tile." + name,
                    value,
                    defines.get(name) + ", which " + kernel.id() + " has"));
        }
    }

    /** The same of a bitstream that has been compiled since. */
    public Manifest compiled(Sdk by, String digest, Optional<Built> report) {
        return new Manifest(
                schemaVersion, board, deviceClass, by, file, digest, tile, kernels, maxBufferBytes, banks, report);
    }

    /**
     * Reads a manifest of at most 1 MiB.
     *
     * @throws BitstreamException if there is none, or it is none
     */
    public static Manifest read(Path path) {
        try {
            if (!Files.isRegularFile(path)) {
                throw new BitstreamException(path, "got no such file, expected a bitstream's manifest");
            }
            if (Files.size(path) > LARGEST_FILE) {
                throw new BitstreamException(
                        path, "got " + Files.size(path) + " bytes, expected at most " + LARGEST_FILE);
            }
            return JSON.readValue(path.toFile(), Manifest.class);
        } catch (JsonMappingException e) {
            String where = e.getPath().stream()
                    .map(part -> part.getFieldName() == null ? "[" + part.getIndex() + "]" : part.getFieldName())
                    .collect(Collectors.joining("."));
            Throwable cause = e.getCause() instanceof IllegalArgumentException ? e.getCause() : e;
            String what =
                    cause == e ? e.getOriginalMessage().lines().findFirst().orElse("") : cause.getMessage();
            throw new BitstreamException(path, (where.isEmpty() ? "" : where + ": ") + what);
        } catch (JsonProcessingException e) {
            throw new BitstreamException(path, "got no JSON (" + e.getOriginalMessage() + "), expected a manifest");
        } catch (IOException e) {
            throw new BitstreamException(path, "cannot be read: " + e.getMessage());
        }
    }

    /** Writes it as {@link #read} reads it. */
    public void write(Path path) throws IOException {
        Files.writeString(path, JSON.writeValueAsString(this) + "\n");
    }

    private static boolean blank(String text) {
        return text == null || text.isBlank();
    }

    private static void require(boolean holds, String field, Object got, Object expected) {
        if (!holds) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "%s: got %s, expected %s", field, got, expected));
        }
    }
}

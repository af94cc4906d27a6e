// SPDX-License-Identifier: Apache-2.0
package dev.inlay.kernels;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds specifications and puts sources together. */
public final class KernelCatalog {
    /** The specifications that ship, by name. */
    private static final List<String> NAMES = List.of(
            "contract.dense.cpu",
            "contract.dense.gpu",
            "contract.dense.fpga",
            "contract.depthwise",
            "contract.sparse",
            "contract.nofm",
            "contract.nonzeros",
            "contract.columns",
            "contract.bins",
            "contract.spectrum",
            "contract.circulant",
            "contract.hashed",
            "contract.centroids",
            "contract.product",
            "lanewise.unary",
            "lanewise.binary",
            "pool.window",
            "norm.softmax",
            "norm.lrn",
            "reduce.fold",
            "move.copy",
            "move.halo",
            "move.fill",
            "move.encode",
            "bench.ceiling",
            "bench.stream",
            "check.fast");

    private static final Pattern DEFINE = Pattern.compile("\\$\\{(\\w+)}");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();
    private static final Map<String, KernelSpec> SPECS = new ConcurrentHashMap<>();

    private KernelCatalog() {}

    public static List<String> names() {
        return NAMES;
    }

    /**
     * @throws IllegalArgumentException if no kernel has this name
     */
    public static KernelSpec spec(String name) {
        if (!NAMES.contains(name)) {
            throw new IllegalArgumentException("kernel: got \"" + name + "\", expected one of " + NAMES);
        }
        return SPECS.computeIfAbsent(name, KernelCatalog::load);
    }

    private static KernelSpec load(String name) {
        String[] parts = name.split("\\.", 2);
        try {
            return JSON.readValue(text("cl/" + parts[0] + "/" + parts[1] + ".json"), KernelSpec.class);
        } catch (IOException e) {
            throw new UncheckedIOException("kernel " + name + ": its specification cannot be read", e);
        }
    }

    /**
     * The whole source of a kernel: the prelude of all, its defines, its own preludes, its text.
     *
     * @throws IllegalArgumentException if a define is unknown, or its value not allowed or out of a tunable's range
     */
    public static String source(KernelId id) {
        KernelSpec spec = spec(id.spec());
        StringBuilder source = new StringBuilder(text("cl/prelude/arithmetic.cl")).append('\n');
        check(id);
        id.defines()
                .forEach((define, value) -> source.append("#define ")
                        .append(define)
                        .append(' ')
                        .append(value)
                        .append('\n'));
        for (String prelude : spec.prelude()) {
            source.append(text("cl/" + expand(prelude, spec, id))).append('\n');
        }
        return source.append(text("cl/" + spec.source())).toString();
    }

    private static String expand(String path, KernelSpec spec, KernelId id) {
        Matcher matcher = DEFINE.matcher(path);
        return matcher.replaceAll(match -> {
            String define = match.group(1);
            String value = id.defines().get(define);
            return value != null ? value : spec.defines().get(define).getFirst();
        });
    }

    /** @throws IllegalArgumentException if a define is unknown, or its value not allowed or out of a tunable's range */
    static void check(KernelId id) {
        KernelSpec spec = spec(id.spec());
        id.defines().forEach((define, value) -> check(spec, define, value));
    }

    private static void check(KernelSpec spec, String define, String value) {
        KernelSpec.Tunable tunable = spec.tunables().get(define);
        if (tunable != null) {
            if (!isWithin(tunable, value)) {
                throw new IllegalArgumentException("kernel " + spec.name() + ": " + define + ": got " + value
                        + ", expected " + tunable.min() + " to " + tunable.max() + " " + tunable.unit());
            }
            return;
        }
        List<String> allowed = spec.defines().get(define);
        if (allowed == null || !allowed.contains(value)) {
            throw new IllegalArgumentException("kernel " + spec.name() + ": got the define " + define + "=" + value
                    + ", expected one of " + (allowed == null ? spec.defines().keySet() : allowed));
        }
    }

    private static boolean isWithin(KernelSpec.Tunable tunable, String value) {
        try {
            int number = Integer.parseInt(value);
            return number >= tunable.min() && number <= tunable.max();
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static String text(String path) {
        try (InputStream in = KernelCatalog.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalArgumentException("kernel text " + path + ": got no such resource");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("kernel text " + path + " cannot be read", e);
        }
    }
}

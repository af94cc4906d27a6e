// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import dev.inlay.kernels.KernelCatalog;
import dev.inlay.kernels.KernelId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The text of a pipeline as the compiler of a board gets it, and what is wrong with it as far as it can be told without
 * that compiler: clang knows the language, and channels become objects whose types it checks. What it does not know,
 * attributes and pragmas of the Intel FPGA SDK for OpenCL (Pro Edition, Programming Guide 22.4), is on lists here.
 *
 * @param text OpenCL C
 */
record BoardSource(String text) {
    private static final Set<String> ATTRIBUTES = new TreeSet<>(Set.of(
            "aligned", "autorun", "depth", "max_global_work_dim", "reqd_work_group_size", "uses_global_work_offset"));
    private static final Set<String> PRAGMAS = new TreeSet<>(
            Set.of("OPENCL EXTENSION cl_intel_channels : enable", "OPENCL FP_CONTRACT OFF", "ii", "ivdep", "unroll"));

    /** Channels as objects: what is read has their type, and what is written must. */
    private static final String SHIM = """
            #define channel extern __constant
            #define read_channel_intel(c) (c)
            #define write_channel_intel(c, v) ((void)(1 ? (v) : (c)))
            """;

    private static final List<String> CLANG =
            List.of("clang-15", "-x", "cl", "-cl-std=CL1.2", "-target", "spir64", "-DINLAY_HAS_CHANNELS=1");
    private static final Pattern KERNEL = Pattern.compile("__kernel\\s+void\\s+(\\w+)\\s*\\([^{]*\\{");
    private static final Pattern DECLARED = Pattern.compile("\\bchannel\\s+\\w+\\s+(\\w+)");
    private static final Pattern READ = Pattern.compile("\\bread_channel_intel\\s*\\(\\s*(\\w+)");
    private static final Pattern WRITTEN = Pattern.compile("\\bwrite_channel_intel\\s*\\(\\s*(\\w+)");
    private static final Pattern NON_BLOCKING = Pattern.compile("\\b\\w+_channel_nb_intel\\b");
    private static final Pattern ATTRIBUTE = Pattern.compile("__attribute__\\s*\\(\\(\\s*(\\w+)");
    private static final Pattern PRAGMA = Pattern.compile("(?m)^\\s*#pragma\\s+(.*)$");
    private static final Pattern SAID = Pattern.compile("(?m)^<stdin>:\\d+:\\d+: error: (.*)$");

    static BoardSource of(KernelId id) {
        return new BoardSource(KernelCatalog.source(id));
    }

    /** Why the check cannot be made here; empty if it can. */
    static Optional<String> whyNot() {
        return Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(path -> Files.isExecutable(Path.of(path, "clang-15")))
                ? Optional.empty()
                : Optional.of("clang-15 is not installed; apt install clang-15");
    }

    /** The text with a mistake in it. */
    BoardSource with(String right, String wrong) {
        if (!text.contains(right)) {
            throw new IllegalArgumentException("got no \"" + right + "\" in the text");
        }
        return new BoardSource(text.replace(right, wrong));
    }

    /** Everything that is wrong, each once. */
    Set<String> faults() {
        Set<String> faults = new LinkedHashSet<>();
        String plain = run(List.of("-cl-no-stdinc", "-E", "-P", "-"), text);
        names(plain, ATTRIBUTE).stream()
                .filter(name -> !ATTRIBUTES.contains(name))
                .forEach(name -> faults.add("attribute: got " + name + ", expected one of " + ATTRIBUTES));
        names(plain, PRAGMA).stream()
                .map(pragma -> pragma.strip().replaceAll("^(unroll|ii)( \\d+)?$", "$1"))
                .filter(pragma -> !PRAGMAS.contains(pragma))
                .forEach(pragma -> faults.add("pragma: got " + pragma + ", expected one of " + PRAGMAS));
        NON_BLOCKING.matcher(plain).results().forEach(call -> faults.add("got the non-blocking " + call.group()));
        channels(plain, faults);
        String said = run(
                List.of(
                        "-Xclang",
                        "-finclude-default-header",
                        "-Xclang",
                        "-fdeclare-opencl-builtins",
                        "-fsyntax-only",
                        "-Wno-unknown-attributes",
                        "-Wno-ignored-pragmas",
                        "-Wno-unknown-pragmas",
                        "-"),
                SHIM + text);
        SAID.matcher(said).results().forEach(line -> faults.add("clang: " + line.group(1)));
        return faults;
    }

    private static List<String> names(String plain, Pattern pattern) {
        return pattern.matcher(plain).results().map(found -> found.group(1)).toList();
    }

    /** One kernel that writes and one that reads each channel, the latter further down in the text. */
    private static void channels(String plain, Set<String> faults) {
        Map<String, List<String>> readers = new LinkedHashMap<>();
        Map<String, List<String>> writers = new LinkedHashMap<>();
        List<String> kernels = new ArrayList<>();
        List<MatchResult> heads = KERNEL.matcher(plain).results().toList();
        for (int i = 0; i < heads.size(); i++) {
            int end = i + 1 < heads.size() ? heads.get(i + 1).start() : plain.length();
            String body = plain.substring(heads.get(i).end(), end);
            String kernel = heads.get(i).group(1);
            kernels.add(kernel);
            collect(READ.matcher(body), kernel, readers);
            collect(WRITTEN.matcher(body), kernel, writers);
        }
        for (String channel : names(plain, DECLARED)) {
            List<String> from = writers.getOrDefault(channel, List.of());
            List<String> to = readers.getOrDefault(channel, List.of());
            if (from.size() != 1 || to.size() != 1) {
                faults.add("channel " + channel + ": got writers " + from + " and readers " + to
                        + ", expected one of each");
            } else if (kernels.indexOf(from.getFirst()) >= kernels.indexOf(to.getFirst())) {
                faults.add("channel " + channel + ": got feedback from " + from.getFirst() + " to " + to.getFirst());
            }
        }
    }

    private static void collect(Matcher uses, String kernel, Map<String, List<String>> kernels) {
        uses.results()
                .map(use -> use.group(1))
                .collect(Collectors.toCollection(TreeSet::new))
                .forEach(channel -> kernels.computeIfAbsent(channel, key -> new ArrayList<>())
                        .add(kernel));
    }

    private static String run(List<String> options, String input) {
        List<String> command = Stream.of(CLANG, options).flatMap(List::stream).toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            Future<?> feeding = threads.submit(() -> {
                try (var to = process.getOutputStream()) {
                    to.write(input.getBytes(StandardCharsets.UTF_8));
                }
                return null;
            });
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            feeding.get();
            process.waitFor();
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(Arrays.toString(command.toArray()), e);
        } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(String.join(" ", command), e);
        }
    }
}

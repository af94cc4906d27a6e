// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what was done to a device, one line per call, in words that are the same on every run: objects are
 * numbered in the order of their creation ({@code buffer3}), kernels go by their function's name, memory by its size.
 * Questions are not written down, and a kernel's arguments are written with its launch:
 *
 * <pre>
 * buffer0 = createBuffer(context0, [READ_ONLY], 4096)
 * write(queue0, buffer0, 0, 4096 bytes)
 * event0 = launch(queue0, add(buffer0, buffer1, 1024), 1024/64)
 * </pre>
 */
public final class RecordingApi extends ForwardingApi {
    private static final Set<String> QUESTIONS = Set.of(
            "platforms",
            "platformInfo",
            "devices",
            "deviceInfo",
            "subDevices",
            "programBinary",
            "kernelArgs",
            "workGroupInfo",
            "eventStatus",
            "eventProfile");

    private final Map<Object, String> names = new HashMap<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private final Map<ClKernel, SortedMap<Integer, String>> kernelArgs = new HashMap<>();
    private final List<String> lines = new ArrayList<>();

    public RecordingApi(ClApi next) {
        super(next);
    }

    /** The calls so far, in order. */
    public synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    /** The launches among them. */
    public List<String> launches() {
        return lines().stream().filter(line -> line.contains("launch(")).toList();
    }

    @Override
    protected <T extends @Nullable Object> T around(String function, List<Object> arguments, Supplier<T> call) {
        T result = call.get();
        if (!QUESTIONS.contains(function)) {
            record(function, arguments, result);
        }
        return result;
    }

    private synchronized void record(String function, List<Object> arguments, @Nullable Object result) {
        switch (function) {
            case "setArg" ->
                kernelArgs
                        .computeIfAbsent((ClKernel) arguments.get(0), _ -> new TreeMap<>())
                        .put((Integer) arguments.get(1), text(arguments.get(2)));
            case "enqueueNDRange" -> lines.add(prefix(result) + "launch(" + launch(arguments) + ")");
            case "createKernel" -> {
                String line = "createKernel(" + list(arguments) + ")";
                names.put(kernel(result), (String) arguments.get(1));
                lines.add(line);
            }
            default -> lines.add(prefix(result) + function + "(" + list(arguments) + ")");
        }
    }

    private static ClKernel kernel(@Nullable Object result) {
        if (result instanceof ClKernel kernel) {
            return kernel;
        }
        throw new IllegalStateException("createKernel returned " + result + ", expected a kernel");
    }

    private String launch(List<Object> arguments) {
        String args = String.join(
                ", ",
                kernelArgs
                        .getOrDefault((ClKernel) arguments.get(1), new TreeMap<>())
                        .values());
        String kernel = text(arguments.get(1)) + "(" + args + ")";
        String sync = text(arguments.get(3));
        return text(arguments.get(0)) + ", " + kernel + ", " + text(arguments.get(2))
                + (sync.isEmpty() ? "" : ", " + sync);
    }

    private String prefix(@Nullable Object result) {
        String created = LedgerApi.created(result).map(this::name).collect(Collectors.joining(", "));
        return created.isEmpty() ? "" : created + " = ";
    }

    private String list(List<Object> arguments) {
        return arguments.stream()
                .map(this::text)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(", "));
    }

    private String name(ClObject object) {
        return numbered(object, object.kind());
    }

    private String numbered(Object object, String kind) {
        return names.computeIfAbsent(object, _ -> kind + (counts.merge(kind, 1, Integer::sum) - 1));
    }

    private String text(Object argument) {
        return switch (argument) {
            case ClObject object -> name(object);
            case ClDevice device -> numbered(device, "device");
            case Arg.Buffer(ClBuffer buffer) -> name(buffer);
            case Arg.Int32(int value) -> Integer.toString(value);
            case Arg.Int64(long value) -> value + "L";
            case Arg.Float32(float value) -> value + "f";
            case Arg.Local(long bytes) -> "local " + bytes;
            case MemorySegment segment -> segment.byteSize() + " bytes";
            case Mapping mapping -> name(mapping.buffer()) + " " + text(mapping.memory());
            case Sync sync -> sync.after().isEmpty() ? "" : "after " + text(sync.after());
            case Placement placement -> placement.equals(Placement.ANY) ? "" : placement.toString();
            case Set<?> set ->
                set.stream().map(Object::toString).sorted().toList().toString();
            case List<?> list ->
                list.stream()
                        .map(each -> each == null ? "" : text(each))
                        .toList()
                        .toString();
            case String text -> text.length() > 80 || text.contains("\n") ? "text" : '"' + text + '"';
            case Optional<?> optional -> optional.map(this::text).orElse("");
            default -> argument.toString();
        };
    }
}

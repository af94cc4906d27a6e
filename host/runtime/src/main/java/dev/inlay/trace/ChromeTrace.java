// SPDX-License-Identifier: Apache-2.0
package dev.inlay.trace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * A recording in the trace event format (Google, "Trace Event Format"). Each device has a track with its stages and,
 * within them, their launches and transfers; each request has one with its wait for a slot and its nodes on the host.
 */
public final class ChromeTrace {
    private static final int PROCESS = 1;

    private final Writer out;
    private final Instant origin;
    private final Map<String, Integer> tracks = new LinkedHashMap<>();
    private String separator = "";

    private ChromeTrace(Writer out, Instant origin) {
        this.out = out;
        this.origin = origin;
    }

    /**
     * Writes what a recording has of Inlay's events; others are left out.
     *
     * @param recording a file of Java's Flight Recorder
     * @throws IOException if one cannot be read or the other not be written
     */
    public static void write(Path recording, Path json) throws IOException {
        List<RecordedEvent> events = RecordingFile.readAllEvents(recording).stream()
                .filter(event -> event.getEventType().getName().startsWith("dev.inlay."))
                .sorted(Comparator.comparing(RecordedEvent::getStartTime)
                        .thenComparing(RecordedEvent::getDuration, Comparator.reverseOrder()))
                .toList();
        Instant origin = events.isEmpty() ? Instant.EPOCH : events.getFirst().getStartTime();
        try (Writer out = Files.newBufferedWriter(json)) {
            ChromeTrace trace = new ChromeTrace(out, origin);
            out.write("{\"displayTimeUnit\": \"ms\", \"traceEvents\": [");
            events.forEach(trace::add);
            trace.tracks.forEach((device, track) ->
                    trace.put("M", "thread_name", Map.of("tid", track, "args", Map.of("name", device))));
            trace.put("M", "process_name", Map.of("args", Map.of("name", "inlay")));
            out.write("\n]}\n");
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void add(RecordedEvent event) {
        switch (event.getEventType().getName()) {
            case StageEvent.NAME -> onDevice(event, "request " + event.getLong("request"), "stage");
            case LaunchEvent.NAME -> onDevice(event, event.getString("node"), "launch");
            case TransferEvent.NAME -> onDevice(event, event.getString("value"), "transfer");
            case RequestEvent.NAME -> ofRequest(event, "request " + event.getLong("request"));
            case SlotWaitEvent.NAME -> ofRequest(event, "wait for a slot");
            case EvaluateEvent.NAME -> ofRequest(event, event.getString("node"));
            default -> {
                // Of a later version.
            }
        }
    }

    private void onDevice(RecordedEvent event, String name, String category) {
        int track = tracks.computeIfAbsent(event.getString("device"), _ -> tracks.size() + 1);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("cat", category);
        fields.put("tid", track);
        fields.put("ts", micros(event.getStartTime()));
        fields.put("dur", micros(event.getEndTime()) - micros(event.getStartTime()));
        fields.put("args", arguments(event));
        put("X", name, fields);
    }

    /** Requests overlap, and so are told apart by a number instead of a track. */
    private void ofRequest(RecordedEvent event, String name) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("cat", "request");
        fields.put("id", event.getLong("request"));
        fields.put("ts", micros(event.getStartTime()));
        fields.put("args", arguments(event));
        put("b", name, fields);
        fields.put("ts", micros(event.getEndTime()));
        fields.remove("args");
        put("e", name, fields);
    }

    private static Map<String, Object> arguments(RecordedEvent event) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        event.getFields().forEach(field -> {
            if (!List.of("startTime", "duration", "eventThread", "stackTrace").contains(field.getName())) {
                arguments.put(field.getName(), event.getValue(field.getName()));
            }
        });
        return arguments;
    }

    private double micros(Instant time) {
        return ChronoUnit.NANOS.between(origin, time) / 1e3;
    }

    private void put(String phase, String name, Map<String, Object> fields) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("ph", phase);
        all.put("name", name);
        all.put("pid", PROCESS);
        all.putAll(fields);
        try {
            out.write(separator + "\n" + json(all));
            separator = ",";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String json(Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                StringBuilder text = new StringBuilder("{");
                map.forEach((key, each) -> text.append(text.length() > 1 ? ", " : "")
                        .append(quoted(key.toString()))
                        .append(": ")
                        .append(json(each)));
                yield text.append("}").toString();
            }
            case Double number -> String.format(Locale.ROOT, "%.3f", number);
            case Number number -> number.toString();
            case Boolean truth -> truth.toString();
            default -> quoted(value.toString());
        };
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(point -> {
            if (point == '"' || point == '\\') {
                quoted.append('\\').appendCodePoint(point);
            } else if (point < ' ') {
                quoted.append(String.format("\\u%04x", point));
            } else {
                quoted.appendCodePoint(point);
            }
        });
        return quoted.append('"').toString();
    }
}

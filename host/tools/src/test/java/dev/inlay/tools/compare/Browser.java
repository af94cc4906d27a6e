// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Chromium without a window and without a network, driven by its DevTools protocol: one page, whose errors and requests
 * are kept.
 */
final class Browser implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final HttpClient client = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final Map<Integer, CompletableFuture<JsonNode>> awaited = new ConcurrentHashMap<>();
    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private String session = "";
    private int calls;
    private int visits;

    private Browser(Process process, URI endpoint) {
        this.process = process;
        this.socket = client.newWebSocketBuilder()
                .buildAsync(endpoint, new Listener())
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    /** Where Debian puts it. */
    static Optional<Path> installed() {
        return Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Starts it with an empty profile in a folder. */
    static Browser open(Path executable, Path profile) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                executable.toString(),
                "--headless=new",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "--no-first-run",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--host-resolver-rules=MAP * ~NOTFOUND"));
        if ("root".equals(System.getProperty("user.name"))) {
            command.add("--no-sandbox");
        }
        command.add("about:blank");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(profile.resolveSibling("browser.log").toFile())
                .start();
        Path port = profile.resolve("DevToolsActivePort");
        long end = System.nanoTime() + PATIENCE.toNanos();
        while ((!Files.exists(port) || Files.readAllLines(port).size() < 2) && process.isAlive()) {
            if (System.nanoTime() > end) {
                process.destroyForcibly();
                throw new IOException("got no port of " + executable + ", expected one within " + PATIENCE);
            }
            Thread.sleep(20);
        }
        List<String> lines = Files.readAllLines(port);
        Browser browser = new Browser(process, URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1)));
        browser.attach();
        return browser;
    }

    private void attach() {
        String target = call("Target.createTarget", Map.of("url", "about:blank"))
                .get("targetId")
                .textValue();
        session = call("Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .get("sessionId")
                .textValue();
        Stream.of("Page", "Runtime", "Log", "Network").forEach(domain -> call(domain + ".enable", Map.of()));
        call(
                "Network.emulateNetworkConditions",
                Map.of("offline", true, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
    }

    private JsonNode call(String method, Map<String, ?> parameters) {
        int id = ++calls;
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        awaited.put(id, answer);
        ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", JSON.valueToTree(parameters));
        if (!session.isEmpty()) {
            message.put("sessionId", session);
        }
        socket.sendText(message.toString(), true).join();
        return answer.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    /** Opens a file in a window of this width, and waits until it says that it is ready. */
    void visit(Path file, int width, boolean dark) throws InterruptedException {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
        call(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
        visits++;
        call("Page.navigate", Map.of("url", file.toUri() + "?" + visits));
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!evaluate("location.search === '?" + visits + "' && document.documentElement?.dataset.ready === 'true'")
                .asBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(file + " is not ready after " + PATIENCE + ": " + errors);
            }
            Thread.sleep(20);
        }
    }

    /** The value of an expression in the page. */
    JsonNode evaluate(String expression) {
        JsonNode answer = call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true));
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + answer.get("exceptionDetails"));
        }
        return answer.path("result").path("value");
    }

    /** Presses a key where the focus is. */
    void press(String key) {
        call("Input.dispatchKeyEvent", Map.of("type", "keyDown", "key", key));
        call("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key));
    }

    /** The whole page as PNG. */
    byte[] picture() {
        return Base64.getDecoder()
                .decode(call("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true))
                        .get("data")
                        .textValue());
    }

    /** What the console was told as a warning or an error. */
    List<String> errors() {
        return errors;
    }

    /** Addresses that were asked for. */
    List<String> requests() {
        return requests;
    }

    @Override
    public void close() {
        session = "";
        call("Browser.close", Map.of());
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        client.shutdownNow();
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                heard(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }
    }

    private void heard(String text) {
        JsonNode message;
        try {
            message = JSON.readTree(text);
        } catch (IOException e) {
            errors.add(text);
            return;
        }
        CompletableFuture<JsonNode> answer = awaited.remove(message.path("id").asInt());
        if (answer != null) {
            if (message.has("error")) {
                answer.completeExceptionally(
                        new AssertionError(message.get("error").toString()));
            } else {
                answer.complete(message.path("result"));
            }
            return;
        }
        JsonNode event = message.path("params");
        switch (message.path("method").asText()) {
            case "Runtime.exceptionThrown" -> errors.add(event.toString());
            case "Runtime.consoleAPICalled" -> {
                if (List.of("error", "warning", "assert")
                        .contains(event.path("type").asText())) {
                    errors.add(event.toString());
                }
            }
            case "Log.entryAdded" -> errors.add(event.toString());
            case "Network.requestWillBeSent" ->
                requests.add(event.path("request").path("url").asText());
            default -> {}
        }
    }
}

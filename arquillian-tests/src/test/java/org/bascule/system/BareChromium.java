package org.bascule.system;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.options.Cookie;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Chromium as a person has it, for measurements: Playwright has the browser tell it of every frame of every WebSocket, which takes more processor time than the page itself. One page, spoken to by the
 * DevTools protocol with the domains {@code Page} and {@code Runtime} alone.
 */
final class BareChromium implements AutoCloseable {

    private static final Duration STARTS = Duration.ofSeconds(30);
    private static final Duration ANSWERS = Duration.ofMinutes(5);
    private static final String PORT = "DevToolsActivePort";

    private final Path folder;
    private final Process process;
    private final Devtools page;

    private BareChromium(Optional<Elsewhere> place, int width, int height) throws IOException {
        folder = Files.createTempDirectory("bascule-chromium");
        List<String> command = new ArrayList<>(Chromium.ARGUMENTS);
        command.add(0, Chromium.executable().toString());
        command.addAll(List.of(
                "--headless=new",
                "--lang=en-GB",
                "--window-size=" + width + "," + height,
                "--remote-debugging-port=0",
                "--user-data-dir=" + folder));
        place.ifPresent(from ->
                command.addAll(List.of("--proxy-server=" + from.socksUrl(), "--proxy-bypass-list=<-loopback>")));
        command.add("about:blank");
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        page = new Devtools(firstPage());
    }

    /** Signed in by another browser at the same place, so that nobody sees this one's pages but it. */
    static BareChromium of(TheSystem system, String user, Optional<Elsewhere> place, int width, int height)
            throws IOException {
        List<Cookie> cookies;
        try (BrowserContext person = place.map(from -> system.chromium().person(from, "en-GB", width, height))
                .orElseGet(() -> system.chromium().person(width, height))) {
            PageParts.signedIn(system, person, user);
            cookies = person.cookies();
        }
        BareChromium browser = new BareChromium(place, width, height);
        JsonArrayBuilder all = Json.createArrayBuilder();
        cookies.forEach(cookie -> all.add(Json.createObjectBuilder()
                .add("name", cookie.name)
                .add("value", cookie.value)
                .add("domain", cookie.domain)
                .add("path", cookie.path)
                .add("httpOnly", cookie.httpOnly)
                .add("secure", cookie.secure)
                .add("sameSite", String.valueOf(cookie.sameSite).equals("STRICT") ? "Strict" : "Lax")));
        browser.page.call("Storage.setCookies", Json.createObjectBuilder().add("cookies", all));
        browser.page.call(
                "Browser.setDownloadBehavior",
                Json.createObjectBuilder().add("behavior", "allow").add("downloadPath", browser.folder.toString()));
        return browser;
    }

    private URI firstPage() throws IOException {
        Path port = folder.resolve(PORT);
        Eventually.within(STARTS, "Chromium has started", () -> port.toFile().length() > 0);
        String address = "http://127.0.0.1:" + Files.readAllLines(port).get(0) + "/json/list";
        try (var in = URI.create(address).toURL().openStream();
                var reader = Json.createReader(in)) {
            return reader.readArray().getValuesAs(JsonObject.class).stream()
                    .filter(target -> target.getString("type").equals("page"))
                    .map(target -> URI.create(target.getString("webSocketDebuggerUrl")))
                    .findFirst()
                    .orElseThrow();
        }
    }

    void navigate(String url) {
        page.call("Page.navigate", Json.createObjectBuilder().add("url", url));
    }

    /** As a click does: what needs a person's gesture may be done. A promise is awaited. */
    JsonValue evaluate(String expression) {
        JsonObject answer = page.call(
                "Runtime.evaluate",
                Json.createObjectBuilder()
                        .add("expression", expression)
                        .add("awaitPromise", true)
                        .add("returnByValue", true)
                        .add("userGesture", true));
        if (answer.containsKey("exceptionDetails")) {
            throw new AssertionError(answer.get("exceptionDetails"));
        }
        return answer.getJsonObject("result").getOrDefault("value", JsonValue.NULL);
    }

    double number(String expression) {
        return Double.parseDouble(evaluate(expression).toString());
    }

    void await(String condition, Duration within) {
        Eventually.within(
                within, condition, () -> evaluate("Boolean(" + condition + ")").equals(JsonValue.TRUE));
    }

    /** A button by its name, as soon as it is there. */
    void click(String name) {
        String button = "[...document.querySelectorAll('button')].find(each => (each.getAttribute('aria-label')"
                + " ?? each.textContent) === '" + name + "')";
        await(button, ANSWERS);
        evaluate(button + ".click()");
    }

    /** Chooses a file in the first field for files. */
    void choose(Path file) {
        JsonObject field = page.call(
                "Runtime.evaluate",
                Json.createObjectBuilder().add("expression", "document.querySelector('input[type=file]')"));
        page.call(
                "DOM.setFileInputFiles",
                Json.createObjectBuilder()
                        .add("files", Json.createArrayBuilder().add(file.toString()))
                        .add("objectId", field.getJsonObject("result").getString("objectId")));
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // its other processes may write for a moment longer
        Eventually.within(STARTS, "Chromium's folder is gone", () -> {
            delete(folder.toFile());
            return !folder.toFile().exists();
        });
    }

    private static void delete(File file) {
        File[] inside = Files.isSymbolicLink(file.toPath()) ? null : file.listFiles();
        if (inside != null) {
            Arrays.stream(inside).forEach(BareChromium::delete);
        }
        file.delete();
    }

    /** Calls and their answers. */
    private static final class Devtools implements WebSocket.Listener {
        private final Map<Integer, CompletableFuture<JsonObject>> pending = new ConcurrentHashMap<>();
        private final StringBuilder text = new StringBuilder();
        private final WebSocket socket;
        private int last;

        Devtools(URI url) {
            socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(url, this)
                    .join();
        }

        JsonObject call(String method, JsonObjectBuilder parameters) {
            int id = ++last;
            CompletableFuture<JsonObject> answer = new CompletableFuture<>();
            pending.put(id, answer);
            String call = Json.createObjectBuilder()
                    .add("id", id)
                    .add("method", method)
                    .add("params", parameters)
                    .build()
                    .toString();
            socket.sendText(call, true).join();
            JsonObject said =
                    answer.orTimeout(ANSWERS.toSeconds(), TimeUnit.SECONDS).join();
            if (said.containsKey("error")) {
                throw new AssertionError(method + ": " + said.get("error"));
            }
            return said.getJsonObject("result");
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean whole) {
            text.append(part);
            if (whole) {
                JsonObject message;
                try (var reader = Json.createReader(new StringReader(text.toString()))) {
                    message = reader.readObject();
                }
                text.setLength(0);
                CompletableFuture<JsonObject> answer = pending.remove(message.getInt("id", 0));
                if (answer != null) {
                    answer.complete(message);
                }
            }
            from.request(1);
            return null;
        }
    }
}

package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bascule.wire.Sha256;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.control.DeviceEvent;
import org.bascule.wire.control.LoggedAction;

/** The tools of a device that has to log everything (AUD-3), as a person uses them in pages and by the command line: what its agent has stored, and what is in the audit log. */
final class LoggedTools implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String NAME = "logs-everything";
    private static final String CANVAS = ".desktop__screen canvas";
    private static final String SLEEP = "sleep 4714.25";
    private static final byte[] UP = "what goes to the device".getBytes(StandardCharsets.UTF_8);
    private static final byte[] DOWN =
            "what comes from the device\n".repeat(10_000).getBytes(StandardCharsets.UTF_8);
    private static final byte[] SAID = "ping".getBytes(StandardCharsets.UTF_8);
    private static final byte[] ANSWERED = "no pong".getBytes(StandardCharsets.UTF_8);

    private static final Map<LoggedAction, String> CODES = Map.of(
            LoggedAction.TOOL_STARTED, "session.tool-start",
            LoggedAction.TOOL_ENDED, "session.tool-end",
            LoggedAction.PROCESS_STARTED, "session.process-start",
            LoggedAction.PROCESS_ENDED, "session.process-end",
            LoggedAction.PROCESS_KILLED, "session.process-kill",
            LoggedAction.FILE, "session.file",
            LoggedAction.FORWARD, "session.forward",
            LoggedAction.CLIPBOARD, "session.clipboard");

    /** As the audit log has it. */
    private record Logged(String code, String session, String text) {}

    private final TheSystem system;
    private final Api api;
    private final Path here;
    private final TestDisplay display = new TestDisplay();
    private final EnrolledDevice device;
    private final String account;
    private final HomeFolder folder;
    private final ServerSocket server;
    private final Program sleep;
    private final Program forward;
    private final BrowserContext person;
    private final Page desktop;
    private final Page files;
    private final Page processes;
    private final List<Logged> before;
    private List<Logged> kept = List.of();

    /**
     * Opens a session for each tool; what is logged of that is in the audit log.
     *
     * @param here a folder for files
     */
    LoggedTools(TheSystem system, Path here) throws IOException {
        this.system = system;
        this.api = system.api("automation");
        this.here = here;
        device = EnrolledDevice.start(system, NAME);
        device.shows(display.name());
        String policy = "/api/session-policies/" + device.uid();
        String etag = api.getJson(policy).getString("etag");
        Api.expect(200, api.put(policy, "{\"consent\":\"never\",\"fullLog\":true}", "If-Match", '"' + etag + '"'));
        account = api.getJson("/api/devices/" + device.uid()).getString("account");
        folder = HomeFolder.create(system, "bascule-logged");
        Files.write(folder.path().resolve("down"), DOWN);
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        server.setSoTimeout((int) LIMIT.toMillis());
        sleep = bascule("exec", device.uid(), "--", "sleep", "4714.25");
        forward = bascule("forward", "--json", device.uid(), "0:device:" + server.getLocalPort());
        person = system.chromium().person();
        desktop = PageParts.signedIn(system, person, "engineer");
        desktop.navigate(page("desktop"));
        files = person.newPage();
        files.navigate(page("files"));
        PageParts.button(files, "Open the folder " + folder.name()).click();
        PageParts.button(files, "Download down").waitFor();
        processes = person.newPage();
        processes.navigate(page("processes"));
        processes.getByPlaceholder("Filter").fill("4714.25");
        processes.getByText(SLEEP).first().waitFor();
        desktop.bringToFront();
        RemotePicture.await(desktop, CANVAS, RemotePicture.RED, LIMIT);
        Eventually.within(LIMIT, "it listens: " + forward.errorSoFar(), () -> forward.outputSoFar()
                .contains("listening"));
        Eventually.within(
                LIMIT, "the access server has all of it", () -> pending().isEmpty());
        before = audited();
        assertThat(before.stream().map(Logged::text))
                .contains("command " + SLEEP + ", account " + account)
                .anyMatch(text -> text.startsWith("tool desktop, mode control"));
    }

    private String page(String tool) {
        return system.url() + "/devices/" + device.uid() + "/" + tool;
    }

    private Program bascule(String... arguments) {
        Map<String, String> environment = new HashMap<>();
        environment.put("BASCULE_URL", system.agentUrl());
        environment.put("BASCULE_CA", system.ca().toString());
        environment.put("BASCULE_TOKEN", system.user("engineer").apiToken());
        environment.put("XDG_CONFIG_HOME", system.folder("cli-logged").toString());
        return Program.start(environment, system.basculeJar(), arguments);
    }

    // ---- what is done

    /** Each tool once. */
    void use() throws IOException {
        copy();
        run();
        connect();
        look();
    }

    private void copy() throws IOException {
        files.bringToFront();
        files.locator("input[type=file]").first().setInputFiles(Files.write(here.resolve("up"), UP));
        files.getByText("done, checksum compared").waitFor();
        assertThat(folder.path().resolve("up")).hasBinaryContent(UP);
        Download download = files.waitForDownload(
                () -> PageParts.button(files, "Download down").click());
        assertThat(Files.readAllBytes(download.path())).isEqualTo(DOWN);
    }

    private void run() {
        processes.bringToFront();
        processes
                .getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(", sleep"))
                .first()
                .click();
        PageParts.button(processes, "Send signal").click();
        assertThat(sleep.finish(LIMIT).exit()).isEqualTo(128 + 15);
        PageParts.button(processes, "Start a program").click();
        processes.getByLabel("Command line").fill("echo started; exit 3");
        PageParts.inDialog(processes, AriaRole.BUTTON, "Start").click();
        processes.getByText("Ended with the code 3").waitFor();
    }

    private void connect() throws IOException {
        Matcher port = Pattern.compile("\"port\":(\\d+)").matcher(forward.outputSoFar());
        assertThat(port.find()).isTrue();
        try (Socket near = new Socket("127.0.0.1", Integer.parseInt(port.group(1)));
                Socket far = server.accept()) {
            near.getOutputStream().write(SAID);
            assertThat(far.getInputStream().readNBytes(SAID.length)).isEqualTo(SAID);
            far.getOutputStream().write(ANSWERED);
            far.shutdownOutput();
            assertThat(near.getInputStream().readAllBytes()).isEqualTo(ANSWERED);
        }
    }

    private void look() {
        desktop.bringToFront();
        PageParts.button(desktop, "Clipboard").click();
        desktop.getByLabel("Text for the device").fill("to it");
        PageParts.button(desktop, "Send to the device").click();
        desktop.getByText("The text is on the device's clipboard.").waitFor();
        // it is recorded first
        Eventually.within(LIMIT, "it is there", () -> {
            display.order("paste");
            return display.count("pasted to it") > 0;
        });
        display.order("copy and back");
        Locator from = desktop.getByLabel("Text from the device");
        Eventually.within(LIMIT, "it came", () -> from.inputValue().equals("and back"));
        Locator view = PageParts.button(desktop, "View");
        view.click();
        Eventually.within(LIMIT, "only seen", () -> "true".equals(view.getAttribute("aria-pressed")));
        PageParts.button(desktop, "End").click();
        PageParts.button(desktop, "Connect again").waitFor();
    }

    /** {@code kill -9}, once all of it was stored, and another one. */
    void killAgent() {
        String up = "direction to-device, path " + folder.path().resolve("up") + ", size " + UP.length + ", sha256 "
                + HexFormat.of().formatHex(Sha256.of(UP));
        String down = "direction from-device, path " + folder.path().resolve("down") + ", size " + DOWN.length;
        List<String> expected = List.of(
                up,
                down,
                down + ", sha256 " + HexFormat.of().formatHex(Sha256.of(DOWN)),
                "pid \\d+, signal 15, command " + SLEEP,
                "command " + SLEEP + ", pid \\d+, exit signal 15",
                "command echo started; exit 3, account " + account,
                "command echo started; exit 3, pid \\d+, exit 3",
                "host 127.0.0.1, port " + server.getLocalPort() + ", bytesIn " + SAID.length + ", bytesOut "
                        + ANSWERED.length,
                "direction to-device, length 5",
                "direction from-device, length 8",
                "tool desktop, mode view, account .*",
                "tool desktop, mode control",
                "tool desktop, mode view");
        for (String text : expected) {
            Eventually.within(LIMIT, text + " in " + logged(pending()), () -> logged(pending()).stream()
                    .anyMatch(event -> event.text().matches(text)));
        }
        device.kill();
        kept = logged(pending());
        device.startAgain();
    }

    // ---- what is logged

    /** What the agent has stored and the access server has not said that it has. */
    private List<DeviceEvent> pending() {
        Path events = device.folder().resolve("events");
        try (Stream<Path> segments = Files.list(events)) {
            Path next = events.resolve("next");
            long first =
                    Files.exists(next) ? Long.parseLong(Files.readString(next).strip()) : 0;
            List<DeviceEvent> pending = new ArrayList<>();
            for (Path segment : segments.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList()) {
                for (String line : lines(segment)) {
                    String[] parts = line.split(" ", 3);
                    if (Long.parseLong(parts[1]) >= first) {
                        pending.add(DeviceEvent.parse(StrictJson.parse(parts[2], 8_192)));
                    }
                }
            }
            return pending;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (WireException e) {
            throw new AssertionError(e);
        }
    }

    /** Without one that is being written; none of a segment that has just been acknowledged. */
    private static List<String> lines(Path segment) throws IOException {
        try {
            String text = Files.readString(segment);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** Those of the full log. */
    private static List<Logged> logged(List<DeviceEvent> events) {
        List<Logged> logged = new ArrayList<>();
        for (DeviceEvent event : events) {
            LoggedAction.ofCode(event.code())
                    .ifPresent(action -> logged.add(new Logged(
                            CODES.getOrDefault(action, ""),
                            event.sid().orElseThrow().hex(),
                            text(action, event))));
        }
        return logged;
    }

    private static String text(LoggedAction action, DeviceEvent event) {
        try {
            StrictJson json = StrictJson.parse(event.detail(), LoggedAction.MAX_DETAIL);
            StringJoiner text = new StringJoiner(", ");
            for (String name : action.fields()) {
                Optional.ofNullable(json.object().get(name))
                        .ifPresent(value -> text.add(name + " "
                                + (value instanceof jakarta.json.JsonString string ? string.getString() : value)));
            }
            return text.toString();
        } catch (WireException e) {
            throw new AssertionError(e);
        }
    }

    private List<Logged> audited() {
        return api.items("/api/audit?limit=200&device=" + device.uid()).stream()
                .filter(row -> CODES.containsValue(row.getString("code")))
                .map(row -> new Logged(row.getString("code"), row.getString("session"), row.getString("detail")))
                .toList();
    }

    /** What was there before, and what was stored while the access server was away: each as often as it happened. */
    void expectEachOnce() {
        Eventually.within(
                LIMIT, "the access server has all of it", () -> pending().isEmpty());
        List<Logged> all = new ArrayList<>(before);
        all.addAll(kept);
        assertThat(audited()).containsExactlyInAnyOrderElementsOf(all);
    }

    @Override
    public void close() throws IOException {
        person.close();
        for (AutoCloseable each : Arrays.asList(forward, sleep, device, display, folder, server)) {
            try {
                each.close();
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
    }
}

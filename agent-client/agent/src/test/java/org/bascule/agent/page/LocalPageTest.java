package org.bascule.agent.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bascule.agent.TestInstallation;
import org.bascule.agent.assist.AssistanceFolder;
import org.bascule.agent.chat.ChatDesk;
import org.bascule.agent.chat.Conversation;
import org.bascule.agent.desk.DeviceDesk;
import org.bascule.agent.desk.Questions;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.events.EventSpool;
import org.bascule.agent.events.RecentEvents;
import org.bascule.agent.local.LocalClient;
import org.bascule.agent.local.LocalCommands;
import org.bascule.agent.local.LocalException;
import org.bascule.agent.local.LocalSocket;
import org.bascule.agent.log.SessionLog;
import org.bascule.agent.owner.Moment;
import org.bascule.agent.owner.OwnerSwitch;
import org.bascule.agent.owner.SwitchMode;
import org.bascule.agent.owner.SwitchOrder;
import org.bascule.agent.session.RunningSessions;
import org.bascule.agent.session.SessionSummary;
import org.bascule.agent.state.StateFolder;
import org.bascule.agent.watch.LocalWatch;
import org.bascule.agent.watch.TerminalPicture;
import org.bascule.agent.watch.WatchDesk;
import org.bascule.agent.watch.WatchedSession;
import org.bascule.session.service.TerminalSize;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page over HTTP, as a browser and as somebody who is none. */
@Timeout(120)
class LocalPageTest {

    private static final String PASSWORD = "correct horse";
    private static final String HOSTILE = "<script>alert(1)</script>\"'&\u202e\u0007";
    private static final SessionId SID = SessionId.random();

    private final TestInstallation installation = new TestInstallation();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicLong nanos = new AtomicLong();
    private final List<SessionSummary> running = new CopyOnWriteArrayList<>();
    private final List<String> done = new CopyOnWriteArrayList<>();
    private final List<Questions.Question> questions = new CopyOnWriteArrayList<>();
    private final ChatDesk chats = new ChatDesk(Instant::now, nanos::get);
    private StateFolder folder;
    private OwnerSwitch owner;
    private EventLog events;
    private LocalPage page;
    private LocalSocket socket;
    private RecentEvents recent;
    private WatchDesk watched;
    private int port;

    private final class Running implements RunningSessions {
        @Override
        public List<SessionSummary> running() {
            return running;
        }

        @Override
        public boolean endHere(SessionId sid, String by) {
            done.add("end " + sid + " by " + by);
            return running.removeIf(session -> session.sid().equals(sid));
        }
    }

    private final class Asked implements Questions {
        @Override
        public List<Question> open() {
            return questions;
        }

        @Override
        public boolean answer(String id, Optional<Operations> granted, String who) {
            done.add("answer " + id + " " + granted.map(Operations::toString).orElse("refused"));
            return questions.removeIf(question -> question.id().equals(id));
        }
    }

    @BeforeEach
    void open(@TempDir Path temporary) throws Exception {
        TestInstallation.Enrolled device = installation.enrolled(temporary.resolve("s"));
        folder = device.state().folder();
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        new PageConfig(true, port).save(folder);
        events = new EventLog(
                EventSpool.open(new StateFolder(folder.subfolder("events")), 1 << 20, count -> "lost"),
                Instant::now,
                message -> false);
        recent = RecentEvents.open(folder);
        events.witnessedBy(recent::add);
        owner = new OwnerSwitch(
                folder, () -> Moment.now(Instant::now), System::nanoTime, Runnable::run, events::record);
        watched = new WatchDesk(threads, events);
        DeviceDesk desk =
                new DeviceDesk(owner, new Running(), recent, new Asked(), chats, new LocalWatch(watched, threads));
        page = new LocalPage(device.state(), device.registration(), "1", desk, events, Instant::now, nanos::get);
        LocalCommands commands = new LocalCommands();
        page.addTo(commands);
        desk.addTo(commands);
        socket = LocalSocket.open(folder, commands, threads, timer);
        page.open();
    }

    @AfterEach
    void close() throws IOException {
        page.close();
        socket.close();
        threads.shutdownNow();
        timer.shutdownNow();
    }

    // ---- a browser ----

    private record Answer(int status, String body, Map<String, List<String>> headers) {

        String header(String name) {
            return headers.getOrDefault(name, List.of("")).get(0);
        }
    }

    private String origin() {
        return "http://127.0.0.1:" + port;
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(origin() + path)).timeout(Duration.ofSeconds(20));
    }

    private Answer send(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new Answer(
                response.statusCode(), response.body(), response.headers().map());
    }

    private static HttpRequest.BodyPublisher form(String... fields) {
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < fields.length; i += 2) {
            pairs.add(fields[i] + "=" + URLEncoder.encode(fields[i + 1], StandardCharsets.UTF_8));
        }
        return HttpRequest.BodyPublishers.ofString(String.join("&", pairs));
    }

    private Answer post(String path, String cookie, String... fields) throws Exception {
        return send(to(path).header("Origin", origin()).header("Cookie", cookie).POST(form(fields)));
    }

    private String code() throws LocalException, Exception {
        return new LocalClient(folder).ask(LocalPage.COMMAND).orElseThrow().string("code", 20);
    }

    /** Somebody who is signed in. */
    private final class Visitor {
        final String path;
        final String cookie;

        Visitor(Answer signedIn) {
            assertThat(signedIn.status()).isEqualTo(303);
            path = signedIn.header("location");
            assertThat(signedIn.header("set-cookie"))
                    .contains("HttpOnly")
                    .contains("SameSite=Strict")
                    .contains("Path=" + path);
            cookie = signedIn.header("set-cookie").replaceFirst(";.*", "");
        }

        String get() throws Exception {
            Answer answer = send(to(path).header("Cookie", cookie).header("Accept-Language", "en"));
            assertThat(answer.status()).isEqualTo(200);
            return answer.body();
        }

        String secret() throws Exception {
            Matcher matcher =
                    Pattern.compile("name=\"form\" value=\"([^\"]+)\"").matcher(get());
            assertThat(matcher.find()).isTrue();
            return matcher.group(1);
        }

        Answer does(String what, String... fields) throws Exception {
            List<String> all = new ArrayList<>(List.of("form", secret()));
            all.addAll(List.of(fields));
            return post(path + what, cookie, all.toArray(String[]::new));
        }
    }

    private Visitor visitor() throws Exception {
        return new Visitor(post("/setup", "", "code", code(), "password", PASSWORD, "repeat", PASSWORD));
    }

    private List<String> codes() {
        return recent.newestFirst().stream().map(event -> event.code()).toList();
    }

    // ---- what it does ----

    @Test
    void thePasswordIsSetWithTheCodeOfTheSocketOnce() throws Exception {
        assertThat(send(to("/")).body()).contains("action=\"/setup\"").contains("bascule-agent page");
        String code = code();
        assertThat(post("/setup", "", "code", "AAAAA-AAAAA", "password", PASSWORD, "repeat", PASSWORD)
                        .status())
                .isEqualTo(403);
        assertThat(post("/setup", "", "code", code, "password", "short", "repeat", "short")
                        .status())
                .isEqualTo(422);
        assertThat(post("/setup", "", "code", code, "password", PASSWORD, "repeat", "another one")
                        .status())
                .isEqualTo(422);
        new Visitor(post("/setup", "", "code", code.toLowerCase(), "password", PASSWORD, "repeat", PASSWORD));
        assertThat(post("/setup", "", "code", code, "password", "other password", "repeat", "other password")
                        .status())
                .isEqualTo(409);
        assertThat(codes()).contains("page-password-set", "page-refused", "page-opened");
        assertThat(new LocalClient(folder).ask(LocalPage.COMMAND).orElseThrow().has("code"))
                .isFalse();
        assertThat(folder.readText("local-page-password.json").orElseThrow())
                .doesNotContain(PASSWORD)
                .contains("600000");
        assertThat(send(to("/")).body()).contains("action=\"/login\"");
        assertThat(post("/login", "", "password", "wrong password").status()).isEqualTo(403);
        assertThat(new Visitor(post("/login", "", "password", PASSWORD)).get()).contains("Remote access");
    }

    @Test
    void aCodeLastsAQuarterOfAnHourAndFiveTries() throws Exception {
        String code = code();
        for (int i = 0; i < SetupCode.TRIES; i++) {
            post("/setup", "", "code", "wrong", "password", PASSWORD, "repeat", PASSWORD);
        }
        assertThat(post("/setup", "", "code", code, "password", PASSWORD, "repeat", PASSWORD)
                        .status())
                .as("whoever guesses waits")
                .isEqualTo(429);
        nanos.addAndGet(Guesses.FIRST_WAIT.plusMillis(1).toNanos());
        assertThat(post("/setup", "", "code", code, "password", PASSWORD, "repeat", PASSWORD)
                        .status())
                .isEqualTo(403);
        String late = code();
        nanos.addAndGet(SetupCode.VALID.plusSeconds(1).toNanos());
        assertThat(post("/setup", "", "code", late, "password", PASSWORD, "repeat", PASSWORD)
                        .status())
                .isEqualTo(403);
        nanos.addAndGet(Guesses.LONGEST_WAIT.toNanos());
        visitor();
    }

    @Test
    void guessesCostTimeAndAResetHelpsWhoHasForgotten() throws Exception {
        Visitor before = visitor();
        for (int i = 0; i < Guesses.FREE; i++) {
            assertThat(post("/login", "", "password", "wrong password").status())
                    .isEqualTo(403);
        }
        assertThat(post("/login", "", "password", PASSWORD).status()).isEqualTo(429);
        nanos.addAndGet(Guesses.FIRST_WAIT.plusMillis(1).toNanos());
        new Visitor(post("/login", "", "password", PASSWORD));
        StrictJson answer = new LocalClient(folder)
                .ask(
                        LocalPage.COMMAND,
                        Json.createObjectBuilder().add("reset", true).build())
                .orElseThrow();
        assertThat(answer.has("code")).isTrue();
        assertThat(send(to(before.path).header("Cookie", before.cookie)).status())
                .isEqualTo(303);
    }

    @Test
    void aChatIsReadAndAnswered() throws Exception {
        Visitor visitor = visitor();
        assertThat(visitor.get()).doesNotContain("class=\"chat\"");
        Conversation conversation = chats.enter(SID, HOSTILE, new SessionLog(events, SID, () -> false, () -> false));
        assertThat(chats.hear(SID, "<b>is it \u202ered?</b>", HOSTILE)).isEmpty();
        assertThat(conversation.view(0).shown()).isZero();
        assertThat(visitor.get())
                .contains("<bdi>&lt;b&gt;is it [U+202E]red?&lt;/b&gt;</bdi>")
                .contains("reads along")
                .doesNotContain("<b>is it")
                .doesNotContain("<script>alert");
        assertThat(conversation.view(0).shown()).isEqualTo(1);
        assertThat(conversation.view(0).readers()).containsExactly("page");
        String sid = SID.hex();
        assertThat(visitor.does("say", "sid", sid, "text", "yes, it is").status())
                .isEqualTo(303);
        assertThat(conversation.view(1).messages()).singleElement().satisfies(message -> {
            assertThat(message.text()).isEqualTo("yes, it is");
            assertThat(message.who()).contains("the local page");
            assertThat(message.fromDevice()).isTrue();
        });
        assertThat(visitor.does("say", "sid", sid, "text", "x".repeat(4_097)).body())
                .contains("too long");
        assertThat(visitor.does("say", "sid", sid, "text", "a\nb").body()).contains("line breaks");
        assertThat(visitor.does("say", "sid", "nonsense", "text", "a").body()).contains("The chat is over.");
        nanos.addAndGet(Duration.ofSeconds(7).toNanos());
        assertThat(conversation.view(0).readers())
                .as("a page that does not ask is not read")
                .isEmpty();
        chats.over(SID);
        assertThat(visitor.get()).contains("has left").doesNotContain("action=\"say\"");
    }

    @Test
    void theSwitchIsSwitched() throws Exception {
        Visitor visitor = visitor();
        assertThat(visitor.get()).contains("state--on");
        assertThat(visitor.does("switch", "to", "off", "hours", "8", "reason", HOSTILE)
                        .status())
                .isEqualTo(303);
        assertThat(owner.isOn()).isFalse();
        assertThat(owner.state().until()).isPresent();
        assertThat(owner.state().by()).startsWith("the local page, account ");
        assertThat(visitor.get())
                .contains("state--off")
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;[U+202E][U+0007]")
                .doesNotContain("<script>alert");
        visitor.does("switch", "to", "on");
        assertThat(owner.isOn()).isTrue();
        visitor.does("switch", "to", "off", "hours", "");
        assertThat(owner.state().until()).isEmpty();
        assertThat(visitor.get()).contains(">until it is switched on or the machine starts anew<");
        owner.change(new SwitchOrder.Mode(SwitchMode.AS_LEFT, Optional.empty()), "a test");
        assertThat(visitor.get()).contains(">until it is switched on<");
    }

    @Test
    void sessionsAreShownInertlyAndEnded() throws Exception {
        running.add(new SessionSummary(
                SID, "u", HOSTILE, "192.0.2.9", "service", Instant.now(), List.of("terminal", "x<y"), true));
        Visitor visitor = visitor();
        assertThat(visitor.get())
                .contains("192.0.2.9")
                .contains("Terminal, <bdi>x&lt;y</bdi>")
                .doesNotContain("<script>alert");
        assertThat(visitor.does("end", "sid", SID.hex()).status()).isEqualTo(303);
        assertThat(done).singleElement().asString().startsWith("end " + SID + " by the local page, account ");
        assertThat(visitor.does("end", "sid", SID.hex()).body()).contains("has ended already");
        assertThat(visitor.does("end", "sid", "nonsense").body()).contains("has ended already");
    }

    @Test
    void aTerminalIsWatchedInertlyAndOnlyOnDemand() throws Exception {
        running.add(new SessionSummary(
                SID, "u", HOSTILE, "192.0.2.9", "service", Instant.now(), List.of("terminal"), true));
        watched.begin(SID);
        TerminalPicture terminal = new TerminalPicture(new TerminalSize(80, 24));
        WatchedSession session = watched.find(SID).orElseThrow();
        String tool = Integer.toString(session.add(terminal).orElseThrow());
        byte[] output = "$ echo '<script>alert(1)</script>'\r\n\u001b[31mred\u001b[0m".getBytes(StandardCharsets.UTF_8);
        terminal.output(output, output.length);
        Visitor visitor = visitor();
        assertThat(visitor.get())
                .contains("Watch terminal 1", "before your eyes")
                .doesNotContain("class=\"terminal\"");
        assertThat(session.watchers()).as("nobody has asked for it").isEmpty();
        assertThat(visitor.does("watch", "sid", SID.hex(), "tool", tool, "to", "begin")
                        .status())
                .isEqualTo(303);
        assertThat(visitor.get())
                .contains("<pre class=\"terminal\"", "$ echo &#39;&lt;script&gt;", "\nred\n")
                .doesNotContain("<script>alert")
                .doesNotContain(">Watch terminal 1<");
        assertThat(session.watchers()).singleElement().asString().startsWith("the local page, account ");
        visitor.does("watch", "sid", SID.hex(), "tool", tool, "to", "end");
        assertThat(visitor.get()).contains(">Watch terminal 1<").doesNotContain("class=\"terminal\"");
        assertThat(visitor.does("watch", "sid", SID.hex(), "tool", "7", "to", "begin")
                        .body())
                .contains("closed already");
        visitor.does("watch", "sid", SID.hex(), "tool", tool, "to", "begin");
        session.remove(Integer.parseInt(tool));
        assertThat(visitor.get()).doesNotContain("class=\"terminal\"");
    }

    @Test
    void whoWatchesIsShownWithWhomAndEnded() throws Exception {
        SessionId watcher = SessionId.random();
        running.add(new SessionSummary(
                SID, "u", HOSTILE, "192.0.2.9", "service", Instant.now(), List.of("vnc:192.0.2.7:5901"), true));
        running.add(new SessionSummary(
                watcher, "v", "Bo", "", "service", Instant.now(), List.of(Operations.watch(SID)), true));
        Visitor visitor = visitor();
        assertThat(visitor.get())
                .contains("The screen of a VNC server at 192.0.2.7, port 5901")
                .contains("Watches the session of <bdi>")
                .doesNotContain("watch:")
                .doesNotContain("<script>alert");
        assertThat(visitor.does("end", "sid", SID.hex()).status()).isEqualTo(303);
        assertThat(visitor.get()).contains("Watches a session that has ended");
        assertThat(visitor.does("end", "sid", watcher.hex()).status()).isEqualTo(303);
        assertThat(running).isEmpty();
    }

    @Test
    void questionsAreAnsweredWholeOrInPart() throws Exception {
        questions.add(question("a"));
        questions.add(question("b"));
        Visitor visitor = visitor();
        assertThat(visitor.get()).contains("role=\"alert\"").doesNotContain("<script>alert");
        visitor.does("answer", "id", "a", "to", "grant", "tool", "terminal");
        visitor.does("answer", "id", "b", "to", "refuse", "tool", "terminal");
        assertThat(done).containsExactly("answer a terminal", "answer b refused");
        assertThat(visitor.does("answer", "id", "b", "to", "grant").body()).contains("no longer open");
    }

    private static Questions.Question question(String id) {
        return new Questions.Question(
                id,
                HOSTILE,
                "192.0.2.9",
                HOSTILE,
                List.of("terminal", "exec"),
                Instant.now().plusSeconds(60));
    }

    @Test
    void helpIsAskedFor() throws Exception {
        Visitor visitor = visitor();
        assertThat(visitor.does("assist", "text", " ", "name", "").body()).contains("Say what is wrong in at most");
        visitor.does("assist", "text", "It is stuck", "name", "Ada", "phone", "", "email", "");
        assertThat(AssistanceFolder.in(folder).request().orElseThrow().text()).isEqualTo("It is stuck");
        assertThat(visitor.get()).contains("Your request is kept", "<textarea");
        AssistanceFolder assistance = AssistanceFolder.in(folder);
        assistance.sent(assistance.request().orElseThrow().id());
        assertThat(visitor.get()).contains("Your request was sent").doesNotContain("<textarea");
    }

    @Test
    void thePasswordIsChangedByWhoKnowsIt() throws Exception {
        Visitor visitor = visitor();
        assertThat(visitor.does("password", "old", "wrong", "password", "new password 2", "repeat", "new password 2")
                        .body())
                .contains("The password is wrong");
        assertThat(visitor.does("password", "old", PASSWORD, "password", "new password 2", "repeat", "new password 2")
                        .body())
                .contains("The password was changed");
        assertThat(post("/login", "", "password", PASSWORD).status()).isEqualTo(403);
        new Visitor(post("/login", "", "password", "new password 2"));
    }

    @Test
    void nobodyActsWithoutCookieSecretAndOrigin() throws Exception {
        Visitor visitor = visitor();
        String secret = visitor.secret();
        String other = "http://localhost:" + (port + 1);
        assertThat(send(to(visitor.path)).status()).isEqualTo(303);
        assertThat(send(to(visitor.path + "live")).status()).isEqualTo(403);
        assertThat(post(visitor.path + "switch", "bascule_page=AAAAAAAAAAAA", "form", secret, "to", "off")
                        .status())
                .isEqualTo(303);
        assertThat(post(visitor.path + "switch", visitor.cookie, "form", "guess", "to", "off")
                        .status())
                .isEqualTo(403);
        for (String foreign : List.of(other, "null", "http://evil.example")) {
            assertThat(send(to(visitor.path + "switch")
                                    .header("Origin", foreign)
                                    .header("Cookie", visitor.cookie)
                                    .POST(form("form", secret, "to", "off")))
                            .status())
                    .isEqualTo(403);
        }
        assertThat(send(to(visitor.path + "switch")
                                .header("Cookie", visitor.cookie)
                                .POST(form("form", secret, "to", "off")))
                        .status())
                .as("no origin")
                .isEqualTo(403);
        assertThat(owner.isOn()).isTrue();
        visitor.does("logout");
        assertThat(send(to(visitor.path).header("Cookie", visitor.cookie)).status())
                .isEqualTo(303);
    }

    @Test
    void aSessionEndsAfterEightHours() throws Exception {
        Visitor visitor = visitor();
        nanos.addAndGet(PageSessions.LENGTH.plusSeconds(1).toNanos());
        assertThat(send(to(visitor.path).header("Cookie", visitor.cookie)).status())
                .isEqualTo(303);
    }

    /** With a name that leads to 127.0.0.1 a foreign page would be of our origin. */
    @Test
    void anotherNameOfThisMachineIsRefused() throws Exception {
        String answer = raw("GET / HTTP/1.1\r\nHost: evil.example:" + port + "\r\nConnection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 421").doesNotContain("action=");
        assertThat(raw("GET / HTTP/1.1\r\nHost: localhost:" + port + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
        assertThat(raw("DELETE / HTTP/1.1\r\nHost: localhost:" + port + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 405");
    }

    private String raw(String request) throws IOException {
        try (Socket client = new Socket("127.0.0.1", port)) {
            client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void everyAnswerForbidsWhatThePageDoesNotNeed() throws Exception {
        for (String path : List.of("/", "/page.css", "/page.js", "/none", "/s/AAAAAAAAAAAA/")) {
            Answer answer = send(to(path));
            assertThat(answer.header("content-security-policy")).startsWith("default-src 'none'; script-src 'self'");
            assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
            assertThat(answer.header("cache-control")).isEqualTo("no-store");
        }
        assertThat(send(to("/../../switch.json")).status()).isEqualTo(404);
        assertThat(send(to("/")).body()).doesNotContain("style=").doesNotContainPattern(" on[a-z]+=");
    }

    @Test
    void itSpeaksTheLanguageOfTheBrowser() throws Exception {
        assertThat(send(to("/").header("Accept-Language", "de-AT,de;q=0.9,en;q=0.5"))
                        .body())
                .contains("lang=\"de\"")
                .contains("Kennwort");
        for (String header : List.of("fr", "en-GB", "*", "x".repeat(600), "de;q=nonsense")) {
            assertThat(send(to("/").header("Accept-Language", header)).body()).contains("lang=\"en\"");
        }
        assertThat(PageTexts.of("de").names()).isEqualTo(PageTexts.of("en").names());
    }

    @Test
    void itsFileMovesAndClosesIt() throws Exception {
        new PageConfig(false, port).save(folder);
        assertThatThrownBy(() -> new LocalClient(folder).ask(LocalPage.COMMAND))
                .isInstanceOfSatisfying(
                        LocalException.class, e -> assertThat(e.code()).isEqualTo(LocalPage.CLOSED));
        assertThatThrownBy(() -> send(to("/"))).isInstanceOf(IOException.class);
        try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1"))) {
            new PageConfig(true, taken.getLocalPort()).save(folder);
            assertThatThrownBy(() -> new LocalClient(folder).ask(LocalPage.COMMAND))
                    .hasMessageContaining("cannot be opened on port " + taken.getLocalPort());
        }
        new PageConfig(true, port).save(folder);
        assertThat(code()).matches("[0-9A-Z]{5}-[0-9A-Z]{5}");
        folder.write(PageConfig.FILE, "{\"enabeld\":false}");
        assertThatThrownBy(() -> new LocalClient(folder).ask(LocalPage.COMMAND)).hasMessageContaining("is wrong");
    }

    @Test
    void theSocketSaysTheSameAsThePage() throws Exception {
        running.add(new SessionSummary(SID, "u", "Ada", "", "service", Instant.now(), List.of("terminal"), true));
        JsonObject off = Json.createObjectBuilder().add("on", false).build();
        new LocalClient(folder).ask(DeviceDesk.SWITCH, off);
        StrictJson status = new LocalClient(folder).ask(DeviceDesk.STATUS).orElseThrow();
        assertThat(status.child("switch").optionalFlag("on")).isFalse();
        assertThat(status.children("sessions", 9).stream()
                        .map(session -> session.object().getString("name"))
                        .collect(Collectors.joining()))
                .isEqualTo("Ada");
    }
}

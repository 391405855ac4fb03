package org.bascule.control.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.bascule.control.FakeServer;
import org.bascule.control.TestUser;
import org.bascule.session.service.ChatMessage;
import org.bascule.session.service.ChatState;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamHandler;
import org.bascule.session.vectors.FixedInstallation;
import org.bascule.wire.Json;
import org.bascule.wire.WireException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code chat} through a whole session. */
@Timeout(60)
class RemoteChatTest {

    private final FakeServer server;
    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());
    private TestUser user = new TestUser(Path.of("nowhere"));

    RemoteChatTest() throws IOException {
        server = new FakeServer();
    }

    @BeforeEach
    void start(@TempDir Path home) {
        user = new TestUser(home);
        user.now = FixedInstallation.NOW;
        user.environment.put("BASCULE_URL", server.url());
        user.environment.put("BASCULE_TOKEN", "access");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** What the device does once the client's end has come. */
    private interface Answer {
        void give(SessionStream stream) throws IOException;
    }

    private int run(Answer answer, String... arguments) throws Exception {
        try (FakeDevice device = new FakeDevice(server, (stream, service, given) -> {
            assertThat(service).isEqualTo(Service.CHAT);
            return new StreamHandler() {
                private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

                @Override
                public void data(SessionStream from, byte[] buffer, int offset, int length) {
                    bytes.write(buffer, offset, length);
                    from.consumed(length);
                }

                @Override
                public void finished(SessionStream from) {
                    try {
                        for (String line :
                                bytes.toString(StandardCharsets.UTF_8).lines().toList()) {
                            heard.add(ChatMessage.parseLine(line));
                        }
                    } catch (WireException e) {
                        throw new AssertionError(e);
                    }
                    Thread thread = new Thread(() -> {
                        try {
                            answer.give(from);
                        } catch (IOException e) {
                            from.reset(EndReason.FAILED, e.toString());
                        }
                    });
                    thread.setDaemon(true);
                    thread.start();
                }
            };
        })) {
            return user.run(arguments);
        }
    }

    private static ChatMessage message(long number, boolean fromDevice, String text) {
        return new ChatMessage(number, Instant.EPOCH, fromDevice, fromDevice ? "root\u001b" : "Ada", text);
    }

    @Test
    void linesAreSentAndAnswersAreShownInertly() throws Exception {
        user.in = new ByteArrayInputStream(
                ("hello\n\n" + "x".repeat(4_097) + "\n a <b> \n").getBytes(StandardCharsets.UTF_8));
        int exit = run(
                stream -> {
                    stream.sendEvent(new ChatState(List.of(), false, 0).toEvent());
                    stream.sendEvent(message(1, false, "hello").toEvent());
                    stream.sendEvent(message(2, true, "the lamp is \u202ered").toEvent());
                    stream.sendEvent(new ChatState(List.of("page"), false, 2).toEvent());
                    stream.sendEvent(ChatMessage.Objection.FAILED.toEvent());
                    stream.sendEvent(Json.createObjectBuilder()
                            .add("watchers", Json.createArrayBuilder())
                            .build());
                    stream.finish();
                },
                "chat",
                FixedInstallation.UID);
        assertThat(exit).as(user.err()).isZero();
        assertThat(heard).containsExactly("hello", "a <b>");
        assertThat(user.out()).contains("the lamp is").doesNotContain("\u202e").doesNotContain("\u001b");
        assertThat(user.err())
                .contains("at most 4,096 bytes")
                .contains("Nobody can see messages at the device now")
                .contains("Nobody at the device can see this now.")
                .contains("The chat is open at the device: page.")
                .contains("has been shown at the device")
                .contains("cannot log");
    }

    @Test
    void jsonHasTheEvents() throws Exception {
        user.in = new ByteArrayInputStream(new byte[0]);
        int exit = run(
                stream -> {
                    stream.sendEvent(new ChatState(List.of("terminal"), false, 0).toEvent());
                    stream.sendEvent(message(1, true, "hi").toEvent());
                    stream.finish();
                },
                "chat",
                "--json",
                FixedInstallation.UID);
        assertThat(exit).as(user.err()).isZero();
        assertThat(user.out().lines().toList()).hasSize(2);
        assertThat(user.out()).contains("\"readers\":[\"terminal\"]").contains("\"text\":\"hi\"");
    }

    @Test
    void aRightThatIsTakenAwayEndsItWithTheReason() throws Exception {
        user.in = new ByteArrayInputStream(new byte[0]);
        assertThat(run(
                        stream -> stream.reset(EndReason.NOT_PERMITTED, "no longer permitted"),
                        "chat",
                        FixedInstallation.UID))
                .isEqualTo(4);
        assertThat(user.err()).contains("no longer permitted");
    }

    @Test
    void whatIsNoMessageIsASecurityFailure() throws Exception {
        for (String wrong : List.of("a\nb", "", "x".repeat(4_097))) {
            user.in = new ByteArrayInputStream(new byte[0]);
            assertThat(run(
                            stream -> stream.sendEvent(message(1, true, wrong).toEvent()),
                            "chat",
                            FixedInstallation.UID))
                    .isEqualTo(6);
        }
    }

    @Test
    void aLineThatIsNotTakenIsTheNextOne() {
        TypedLines lines = new TypedLines(new ByteArrayInputStream("one\ntwo\n".getBytes(StandardCharsets.UTF_8)));
        assertThat(lines.offer(text -> false)).isFalse();
        assertThat(lines.line()).isEqualTo(Optional.of("one"));
        assertThat(lines.offer(text -> text.equals("two"))).isTrue();
        assertThat(lines.offer(text -> true)).isFalse();
        assertThat(lines.line()).isEmpty();
    }
}

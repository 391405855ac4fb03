package org.bascule.control.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.FakeServer;
import org.bascule.control.TestUser;
import org.bascule.control.server.AccessServer;
import org.bascule.control.signin.Account;
import org.bascule.session.probe.ProbeServer;
import org.bascule.session.service.CommandLine;
import org.bascule.session.service.ProcessExit;
import org.bascule.session.service.ProcessFrames;
import org.bascule.session.service.TerminalSize;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.ServiceHandler;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamHandler;
import org.bascule.session.stream.StreamInput;
import org.bascule.session.stream.StreamRefusedException;
import org.bascule.session.vectors.FixedInstallation;
import org.bascule.session.vectors.FixedLog;
import org.bascule.wire.Operations;
import org.bascule.wire.StrictJson;
import org.bascule.wire.keys.RootSigningKey;
import org.bascule.wire.session.SessionOpened;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code exec} and {@code shell} through a whole session: REST, handshake, relay, records, streams. */
@Timeout(60)
class RemoteTest {

    private final FakeServer server;
    private TestUser user;

    RemoteTest() throws IOException {
        server = new FakeServer();
        user = new TestUser(Path.of("nowhere"));
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

    /** What a program on the device does, on a thread of its own. */
    private interface Program {
        void run(SessionStream stream, JsonObject arguments, InputStream in) throws Exception;
    }

    private static ServiceHandler service(Service expected, Program program) {
        return (stream, service, arguments) -> {
            if (service != expected) {
                throw new StreamRefusedException(EndReason.NO_SUCH_SERVICE, "another one is expected");
            }
            StreamInput in = new StreamInput(stream);
            Thread thread = new Thread(() -> {
                try {
                    program.run(stream, arguments, in);
                } catch (Exception e) {
                    stream.reset(EndReason.FAILED, e.toString());
                }
            });
            thread.setDaemon(true);
            thread.start();
            return new StreamHandler() {
                @Override
                public void data(SessionStream from, byte[] buffer, int offset, int length) {
                    in.add(buffer, offset, length);
                }

                @Override
                public void finished(SessionStream from) {
                    in.end();
                }

                @Override
                public void ended(SessionStream from, EndReason reason, String text) {
                    in.fail(reason, text);
                }
            };
        };
    }

    private static void exit(SessionStream stream, ProcessExit exit) throws IOException {
        stream.sendEvent(exit.toEvent());
        stream.finish();
    }

    private int exec(Program program, String... command) throws Exception {
        try (FakeDevice device = new FakeDevice(server, service(Service.PROCESS, program))) {
            String[] all = new String[command.length + 3];
            all[0] = "exec";
            all[1] = FixedInstallation.UID;
            all[2] = "--";
            System.arraycopy(command, 0, all, 3, command.length);
            return user.run(all);
        }
    }

    @Test
    void execPassesStreamsAndExitCode() throws Exception {
        byte[] input = new byte[1_000_003];
        new Random(1).nextBytes(input);
        user.in = new ByteArrayInputStream(input);
        int code = exec(
                (stream, arguments, in) -> {
                    assertThat(CommandLine.parse(arguments).arguments()).containsExactly("cat", "-v", "--", "-x");
                    byte[] buffer = new byte[10_000];
                    for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                        ProcessFrames.write(stream, ProcessFrames.OUTPUT, buffer, 0, length);
                    }
                    byte[] error = {0, (byte) 0xff, '\n', 0x1b};
                    ProcessFrames.write(stream, ProcessFrames.ERROR, error, 0, error.length);
                    exit(stream, ProcessExit.code(42));
                },
                "cat",
                "-v",
                "--",
                "-x");
        assertThat(code).isEqualTo(42);
        assertThat(Arrays.equals(user.out.toByteArray(), input)).isTrue();
        byte[] err = user.err.toByteArray();
        assertThat(Arrays.copyOfRange(err, err.length - 4, err.length)).containsExactly(0, 0xff, '\n', 0x1b);
        assertThat(server.to("/api/sessions/" + FixedInstallation.SID + "/end"))
                .singleElement()
                .satisfies(end -> assertThat(end.body()).contains("\"reason\":\"done\""));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(user.config("trust.json"))))
                .isEqualTo("rw-------");
    }

    @Test
    void theServerHearsHowFarTheRelaysAre() throws Exception {
        try (ProbeServer near = ProbeServer.delaying("near", 0);
                ProbeServer far = ProbeServer.delaying("far", 30)) {
            server.on(
                    "GET /api/relays",
                    200,
                    "{\"relays\":[%s,%s],\"probe\":\"%s\",\"refreshSeconds\":600}"
                            .formatted(far.address().toJson(), near.address().toJson(), ProbeServer.TOKEN));
            String path = "/api/sessions/" + FixedInstallation.SID + "/handshake";
            // what the first one has no time for, the next one knows
            JsonObject rtts = JsonValue.EMPTY_JSON_OBJECT;
            for (int i = 0; i < 20 && rtts.size() < 2; i++) {
                assertThat(exec((stream, arguments, in) -> exit(stream, ProcessExit.code(0)), "true"))
                        .isZero();
                List<FakeServer.Request> requests = server.to(path);
                rtts = StrictJson.parse(requests.get(requests.size() - 1).body(), 64 * 1_024)
                        .child("rtts")
                        .object();
            }
            assertThat(rtts.getInt("far")).isGreaterThanOrEqualTo(30);
            assertThat(rtts.getInt("near")).isPositive().isLessThan(rtts.getInt("far"));
        }
    }

    @ParameterizedTest
    @CsvSource({"false,0,0", "false,255,255", "true,9,137", "true,15,143"})
    void execPassesOnHowItEnded(boolean signalled, int value, int expected) throws Exception {
        assertThat(exec((stream, arguments, in) -> exit(stream, new ProcessExit(signalled, value)), "true"))
                .as(user.err())
                .isEqualTo(expected);
        assertThat(user.out()).isEmpty();
        assertThat(said()).isEmpty();
    }

    /** Without the line about the first contact, which must stand first. */
    private String said() {
        String err = user.err();
        String notice = err.lines().findFirst().orElseThrow();
        assertThat(notice).startsWith("First contact").contains("compare the words");
        return err.substring(notice.length() + 1);
    }

    @Test
    void firstContactIsSaidWhoeverReadsItUntilTheDeviceWasMet() throws Exception {
        Program ok = (stream, arguments, in) -> exit(stream, ProcessExit.code(0));
        try (FakeDevice device = new FakeDevice(server, service(Service.PROCESS, ok))) {
            device.spoilAnswer = true;
            assertThat(user.run("exec", FixedInstallation.UID, "--", "true")).isEqualTo(ExitCode.SECURITY.code());
        }
        assertThat(exec(ok, "true")).isZero();
        assertThat(said()).as("it was not met by a handshake that failed").isEmpty();
        assertThat(exec(ok, "true")).isZero();
        assertThat(user.err()).isEmpty();
    }

    @Test
    void execDoesNotWaitForInputThatNeverEnds() throws Exception {
        user.in = new InputStream() {
            @Override
            public synchronized int read() throws IOException {
                try {
                    wait();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                return -1;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return read();
            }
        };
        assertThat(exec((stream, arguments, in) -> exit(stream, ProcessExit.code(3)), "true"))
                .isEqualTo(3);
    }

    @Test
    void optionsBehindTheDeviceBelongToTheCommand() throws Exception {
        try (FakeDevice device = new FakeDevice(server, service(Service.PROCESS, (stream, arguments, in) -> {
            assertThat(CommandLine.parse(arguments).arguments()).containsExactly("ls", "--help", "-l");
            exit(stream, ProcessExit.code(0));
        }))) {
            assertThat(user.run("exec", FixedInstallation.UID, "ls", "--help", "-l"))
                    .isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"NOT_PERMITTED,4", "NO_SUCH_SERVICE,1", "FAILED,1", "TICKET_EXPIRED,4", "ENDED_BY_DEVICE,4"})
    void resetBecomesACodeAndASentence(EndReason reason, int expected) throws Exception {
        assertThat(exec((stream, arguments, in) -> stream.reset(reason, "evil \u001b[2J"), "true"))
                .as(user.err())
                .isEqualTo(expected);
        assertThat(said())
                .startsWith("bascule: ")
                .contains(reason.text())
                .hasLineCount(1)
                .doesNotContain("\u001b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "signed-out|3|the sign-in or API token was ended, and the session with it: sign in anew",
                "The session has ended (signed-out).|3|the sign-in or API token was ended, and the session with it: sign in anew",
                "not-permitted|4|the permission for this was taken away, so the server has ended the session (not-permitted)",
                "ended-by-administrator|4|an administrator has ended the session (ended-by-administrator)",
                "expired|4|the longest time of a session is over (expired)",
                "unheard-of|4|the server has ended the session: unheard-of"
            })
    void sessionThatTheServerEndsIsOneSentence(String text, int code, String sentence) throws Exception {
        try (FakeDevice device = new FakeDevice(server, service(Service.PROCESS, (stream, arguments, in) -> {}))) {
            device.session.thenAccept(session -> session.end(EndReason.ENDED_BY_SERVER, text));
            assertThat(user.run("exec", FixedInstallation.UID, "--", "sleep")).isEqualTo(code);
        }
        assertThat(user.err()).endsWith("bascule: " + sentence + "\n").doesNotContain("ended-by-server");
    }

    @Test
    void lostConnectionIsSaid() throws Exception {
        try (FakeDevice device = new FakeDevice(server, service(Service.PROCESS, (stream, arguments, in) -> {}))) {
            device.session.thenAccept(session -> {
                device.relay.connection(0).cut();
                device.relay.connection(1).cut();
            });
            assertThat(user.run("exec", FixedInstallation.UID, "--", "sleep")).isEqualTo(ExitCode.CONNECTION.code());
        }
        assertThat(said()).startsWith("bascule: ").hasLineCount(1);
    }

    private int commented(String... arguments) throws Exception {
        Program program = (stream, given, in) -> exit(stream, ProcessExit.code(3));
        try (FakeDevice device = new FakeDevice(server, service(Service.PROCESS, program), true)) {
            return user.run(arguments);
        }
    }

    @Test
    void commentIsToldWithTheEnd() throws Exception {
        assertThat(commented("exec", "--comment", " belt changed ", FixedInstallation.UID, "true"))
                .isEqualTo(3);
        assertThat(server.to("/api/sessions/" + FixedInstallation.SID + "/end"))
                .singleElement()
                .satisfies(end -> assertThat(end.body()).contains("\"comment\":\"belt changed\""));
    }

    @Test
    void withoutATerminalAMissingCommentIsSaidBeforeAnythingIsDone() throws Exception {
        assertThat(commented("exec", FixedInstallation.UID, "true")).isEqualTo(ExitCode.USAGE.code());
        assertThat(user.err()).contains("--comment TEXT").hasLineCount(1);
        assertThat(commented("shell", FixedInstallation.UID)).isEqualTo(ExitCode.USAGE.code());
        assertThat(commented("exec", "--comment", "  ", FixedInstallation.UID, "true"))
                .isEqualTo(ExitCode.USAGE.code());
        assertThat(commented("exec", "--comment", "x".repeat(1_001), FixedInstallation.UID, "true"))
                .isEqualTo(ExitCode.USAGE.code());
        assertThat(server.to("/api/sessions")).isEmpty();
    }

    @Test
    void atATerminalTheCommentIsAskedForWhenTheProgramHasEnded() throws Exception {
        PipedOutputStream keyboard = new PipedOutputStream();
        user.in = new PipedInputStream(keyboard);
        CountDownLatch read = new CountDownLatch(1);
        Program program = (stream, arguments, in) -> {
            byte[] line = new byte[5];
            assertThat(in.readNBytes(line, 0, 5)).isEqualTo(5);
            exit(stream, ProcessExit.code(3));
            read.countDown();
        };
        try (FakeDevice device = new FakeDevice(server, service(Service.PROCESS, program), true)) {
            AccessServer access = new Account(user.around()).server();
            ClosingComment closing = ClosingComment.of(access, Optional.empty(), true);
            LocalInput input = new LocalInput(user.in);
            keyboard.write("exit\n".getBytes(StandardCharsets.UTF_8));
            try (DeviceSession session = DeviceSession.open(
                    access, user.around(), FixedInstallation.UID, Operations.of(Operations.EXEC), Optional.empty())) {
                assertThat(new RemoteCommand(session, user.around(), input).run(CommandLine.of(List.of("sh"))))
                        .isEqualTo(3);
                assertThat(read.await(30, TimeUnit.SECONDS)).isTrue();
                Thread person = new Thread(() -> type(keyboard, "\n" + "y".repeat(1_001) + "\nbelt chänged\nmore"));
                person.start();
                session.comment(closing.take(user.around(), input));
                person.join();
            }
        }
        assertThat(server.to("/api/sessions/" + FixedInstallation.SID + "/end"))
                .singleElement()
                .satisfies(end -> assertThat(end.body()).contains("\"comment\":\"belt chänged\""));
        assertThat(user.err()).startsWith("Your domain asks").hasLineCount(3);
    }

    /** Not before the question: what is typed before it belongs to the program. */
    private void type(OutputStream keyboard, String text) {
        try {
            while (!user.err().contains("Your domain asks")) {
                Thread.onSpinWait();
            }
            keyboard.write(text.getBytes(StandardCharsets.UTF_8));
            keyboard.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void endOfInputIsNoComment() throws Exception {
        Program program = (stream, arguments, in) -> exit(stream, ProcessExit.code(0));
        try (FakeDevice device = new FakeDevice(server, service(Service.PROCESS, program), true)) {
            AccessServer access = new Account(user.around()).server();
            ClosingComment closing = ClosingComment.of(access, Optional.empty(), true);
            LocalInput input = new LocalInput(new ByteArrayInputStream(new byte[0]));
            try (DeviceSession session = DeviceSession.open(
                    access, user.around(), FixedInstallation.UID, Operations.of(Operations.EXEC), Optional.empty())) {
                assertThat(new RemoteCommand(session, user.around(), input).run(CommandLine.of(List.of("true"))))
                        .isZero();
                assertThat(closing.take(user.around(), input)).isEmpty();
            }
        }
        assertThat(user.err()).contains("No comment was given");
    }

    private static String consent(String state, String more) {
        return "{\"state\":\"%s\",\"whom\":\"device\",\"operations\":[\"exec\"],\"seconds\":60%s}"
                .formatted(state, more);
    }

    /** Runs a command on a device whose session policy asks somebody: first nothing is answered, then this. */
    private int consented(String answer) throws Exception {
        Program ok = (stream, arguments, in) -> exit(stream, ProcessExit.code(0));
        try (FakeDevice device = new FakeDevice(server, service(Service.PROCESS, ok))) {
            device.state = SessionOpened.ASKING;
            Queue<String> answers = new ArrayDeque<>(List.of(consent("asking", ""), answer));
            server.on(
                    "GET /api/sessions/" + FixedInstallation.SID + "/consent",
                    request -> new FakeServer.Reply(200, answers.remove()));
            return user.run("exec", FixedInstallation.UID, "true");
        }
    }

    @Test
    void waitsForConsentAndSaysForWhom() throws Exception {
        assertThat(consented(consent("granted", ",\"by\":\"Eve\"")))
                .as(user.err())
                .isZero();
        assertThat(user.err()).contains("Waiting for the person at the device to consent (60 s)");
        assertThat(server.to("/api/sessions/" + FixedInstallation.SID + "/consent"))
                .extracting(FakeServer.Request::query)
                .containsExactly("wait=0", "wait=25");
    }

    @Test
    void withoutConsentNothingIsSentToTheDevice() throws Exception {
        assertThat(consented(consent("refused", ",\"by\":\"Eve\\u001b[31m\",\"reason\":\"not now\"")))
                .isEqualTo(ExitCode.REFUSED.code());
        assertThat(user.err())
                .contains("consent was refused by Eve")
                .contains("not now")
                .doesNotContain("\u001b");
        assertThat(consented(consent("timed-out", ""))).isEqualTo(ExitCode.REFUSED.code());
        assertThat(user.err()).contains("nobody consented in time");
        assertThat(consented(consent("ended", ""))).isEqualTo(ExitCode.REFUSED.code());
        assertThat(server.to("/api/sessions/" + FixedInstallation.SID + "/handshake"))
                .isEmpty();
        assertThat(server.to("/api/sessions/" + FixedInstallation.SID + "/end")).hasSize(3);
    }

    @Test
    void aReasonThatIsWantedIsSaidOnTheCommandLineWithoutATerminal() throws Exception {
        server.on("GET /api/domain/options", 200, "{\"commentRequired\":false}");
        server.on(
                "POST /api/sessions",
                403,
                "{\"type\":\"urn:bascule:problem:reason-required\",\"detail\":\"Say why you want to do this.\"}");
        assertThat(user.run("exec", FixedInstallation.UID, "true")).isEqualTo(ExitCode.USAGE.code());
        assertThat(user.err()).contains("--reason TEXT").hasLineCount(1);
        assertThat(user.run("exec", "--reason", " ", FixedInstallation.UID, "true"))
                .as("the server says what is wrong with it")
                .isEqualTo(ExitCode.REFUSED.code());
    }

    @Test
    void framesThatMakeNoSenseEndTheCommand() throws Exception {
        assertThat(exec((stream, arguments, in) -> stream.write(new byte[] {7, 0, 0, 0, 1, 0}), "true"))
                .as(user.err())
                .isEqualTo(ExitCode.SECURITY.code());
    }

    @Test
    void endWithoutExitIsNotTakenForSuccess() throws Exception {
        assertThat(exec((stream, arguments, in) -> stream.finish(), "true")).isEqualTo(ExitCode.CONNECTION.code());
    }

    @Test
    void changedIdentityOrRootBlocks() throws Exception {
        Program ok = (stream, arguments, in) -> exit(stream, ProcessExit.code(0));
        assertThat(exec(ok, "true")).isZero();
        try (FakeDevice device = new FakeDevice(server, service(Service.PROCESS, ok))) {
            SessionOpened good = FixedInstallation.opened();
            RootSigningKey other = RootSigningKey.generate();
            device.opened = new SessionOpened(
                    good.sid(),
                    good.issuer(),
                    good.domain(),
                    good.user(),
                    good.device(),
                    good.deviceName(),
                    good.chain(),
                    good.endorsement(),
                    good.keySet(),
                    other.publicKey(),
                    good.relays(),
                    good.operations(),
                    good.state());
            assertThat(user.run("exec", FixedInstallation.UID, "--", "true")).isEqualTo(ExitCode.SECURITY.code());
            assertThat(user.err()).contains("security check failed").contains("root key");
            assertThat(server.to("/api/sessions/" + FixedInstallation.SID + "/handshake"))
                    .as("nothing was sent")
                    .hasSize(1);
        }
    }

    @Test
    void aLogThatForkedIsRefusedAndNamed() throws Exception {
        Program ok = (stream, arguments, in) -> exit(stream, ProcessExit.code(0));
        assertThat(exec(ok, "true")).isZero();
        try (FakeDevice device = new FakeDevice(server, service(Service.PROCESS, ok))) {
            device.opened = FixedInstallation.opened(Optional.of(FixedLog.FORKED.proofs(Optional.empty())));
            assertThat(user.run("exec", FixedInstallation.UID, "--", "true")).isEqualTo(ExitCode.SECURITY.code());
            assertThat(user.err()).contains("security check failed").contains("there are two logs");
            assertThat(server.to("/api/sessions").get(1).body())
                    .as("it said which head it knew")
                    .contains("\"heads\":{\"" + FixedInstallation.DOMAIN + "\":" + FixedLog.SIZE + "}");
            assertThat(server.to("/api/sessions/" + FixedInstallation.SID + "/handshake"))
                    .as("nothing was sent")
                    .hasSize(1);
        }
    }

    @Test
    void aServerThatIsBusyIsNotTakenForAForkedLog() throws Exception {
        server.on(
                "GET /api/audit/proof/consistency",
                429,
                "{\"type\":\"urn:bascule:problem:too-many-requests\",\"title\":\"Later\",\"status\":429}");
        AccessServer access = new Account(user.around()).server();
        assertThatThrownBy(() -> access.consistency(1, 2))
                .isInstanceOfSatisfying(
                        CommandException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONNECTION));
        for (int refused : new int[] {403, 404, 422}) {
            server.on("GET /api/audit/proof/consistency", refused, "{}");
            assertThat(access.consistency(1, 2)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"500,'{}',FAILED", "501,<html>,FAILED", "502,<html>,CONNECTION", "200,<html>,FAILED", "302,'',FAILED"})
    void aServerThatFailedIsNotTakenForAForkedLog(int status, String body, ExitCode expected) throws Exception {
        server.on("GET /api/audit/proof/consistency", status, body);
        AccessServer access = new Account(user.around()).server();
        assertThatThrownBy(() -> access.consistency(1, 2))
                .isInstanceOfSatisfying(
                        CommandException.class, e -> assertThat(e.exitCode()).isEqualTo(expected));
    }

    @Test
    void spoiltHandshakeIsASecurityFailure() throws Exception {
        try (FakeDevice device = new FakeDevice(server, service(Service.PROCESS, (stream, arguments, in) -> {}))) {
            device.spoilAnswer = true;
            assertThat(user.run("exec", FixedInstallation.UID, "--", "true")).isEqualTo(ExitCode.SECURITY.code());
            assertThat(user.err())
                    .isEqualTo("bascule: security check failed: the handshake with the device was refused\n");
        }
    }

    @Test
    void shellPassesKeysAndScreen() throws Exception {
        user.in = new ByteArrayInputStream("echo hi\r".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        try (FakeDevice device = new FakeDevice(server, service(Service.TERMINAL, (stream, arguments, in) -> {
            assertThat(TerminalSize.parse(arguments)).isEqualTo(new TerminalSize(80, 24));
            stream.sendEvent(ProcessExit.openedEvent("operator"));
            stream.write("$ ".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            stream.write(in.readNBytes(8));
            stream.write("\u001b[1mhi\u001b[m\r\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            exit(stream, ProcessExit.code(7));
        }))) {
            assertThat(user.run("shell", FixedInstallation.UID)).isEqualTo(7);
        }
        assertThat(user.out()).isEqualTo("$ echo hi\r\u001b[1mhi\u001b[m\r\n");
        assertThat(user.err()).contains("First contact").hasLineCount(1);
    }
}

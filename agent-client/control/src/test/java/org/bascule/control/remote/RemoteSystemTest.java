package org.bascule.control.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bascule.session.service.DeviceProblem.Code.AGENT;
import static org.bascule.session.service.DeviceProblem.Code.DENIED;
import static org.bascule.session.service.DeviceProblem.Code.FAILED;
import static org.bascule.session.service.DeviceProblem.Code.GONE;
import static org.bascule.session.service.DeviceProblem.Code.NOT_PERMITTED;
import static org.bascule.session.service.DeviceProblem.Code.UNSUPPORTED;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bascule.control.FakeServer;
import org.bascule.control.TestUser;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.ProcessExit;
import org.bascule.session.service.ProcessFrames;
import org.bascule.session.service.SystemRequest;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamHandler;
import org.bascule.session.stream.StreamRefusedException;
import org.bascule.session.vectors.FixedInstallation;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ps}, {@code kill}, {@code start}, {@code info} and {@code restart} through a whole session. */
@Timeout(60)
class RemoteSystemTest {

    private static final String TABLE =
            "{\"rows\":[[1,5,0,\"root\",\"S\",1,-1,4096,\"init\",\"/sbin/init\"],[20,77,1,\"ada\",\"R\",3,-1,2097152,\"work\",\"work"
                    + " \\u001b[2J\"],[30,80,20,\"ada\",\"S\",1,-1,1048576,\"kworker\",\"\"],[40,81,1,\"ada\",\"S\",1,-1,0,\"short\",\"short\"]]}\n"
                    + "{\"sample\":{}}\n";
    private static final String NEXT =
            "{\"gone\":[40]}\n{\"figures\":[[20,1,\"S\",4,995,3145728],[30,20,\"S\",1,10,1048576]]}\n{\"sample\":{}}\n";

    private final FakeServer server;
    private final List<SystemRequest> asked = Collections.synchronizedList(new ArrayList<>());
    private TestUser user = new TestUser(Path.of("nowhere"));

    RemoteSystemTest() throws IOException {
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

    /** What the device does with a request, on a thread of its own. */
    private interface Answer {
        void give(SessionStream stream, SystemRequest request) throws IOException, DeviceProblem;
    }

    private int run(Answer answer, String... arguments) throws Exception {
        try (FakeDevice device = new FakeDevice(server, (stream, service, given) -> {
            SystemRequest request;
            try {
                request = SystemRequest.parse(given);
            } catch (WireException e) {
                throw new StreamRefusedException(EndReason.BAD_ARGUMENTS, String.valueOf(e.getMessage()));
            }
            assertThat(service).isEqualTo(Service.SYSTEM);
            asked.add(request);
            Thread thread = new Thread(() -> answer(stream, request, answer));
            thread.setDaemon(true);
            thread.start();
            return new StreamHandler() {
                @Override
                public void data(SessionStream from, byte[] buffer, int offset, int length) {
                    from.consumed(length);
                }
            };
        })) {
            return user.run(arguments);
        }
    }

    private static void answer(SessionStream stream, SystemRequest request, Answer answer) {
        try {
            answer.give(stream, request);
        } catch (DeviceProblem e) {
            try {
                stream.sendEvent(e.toEvent());
            } catch (IOException gone) {
                throw new AssertionError(gone);
            }
            stream.reset(EndReason.FAILED, e.code().text());
        } catch (IOException e) {
            stream.reset(EndReason.FAILED, e.toString());
        }
    }

    private static void write(SessionStream stream, String text) throws IOException {
        stream.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void table(SessionStream stream, SystemRequest request) throws IOException {
        write(stream, TABLE);
        write(stream, NEXT);
    }

    private static void done(SessionStream stream) throws IOException {
        stream.sendEvent(Json.createObjectBuilder()
                .add("done", Json.createObjectBuilder())
                .build());
        stream.finish();
    }

    @Test
    void psShowsTheSecondSample() throws Exception {
        assertThat(run(RemoteSystemTest::table, "ps", FixedInstallation.UID, "--sort", "cpu", "--json"))
                .as(user.err())
                .isZero();
        var items = StrictJson.parse(user.out().strip(), 100_000).object().getJsonArray("items");
        assertThat(items).hasSize(3);
        var first = items.getJsonObject(0);
        assertThat(first.getInt("pid")).isEqualTo(20);
        assertThat(first.getInt("start")).isEqualTo(77);
        assertThat(first.getJsonNumber("cpu").doubleValue()).isEqualTo(99.5);
        assertThat(first.getInt("memory")).isEqualTo(3_145_728);
        assertThat(first.getInt("threads")).isEqualTo(4);
        assertThat(items.getJsonObject(2).isNull("cpu")).isTrue();
    }

    @Test
    void psShowsATreeWithInertTexts() throws Exception {
        assertThat(run(RemoteSystemTest::table, "ps", FixedInstallation.UID, "--tree"))
                .as(user.err())
                .isZero();
        List<String> lines = user.out().lines().toList();
        assertThat(lines).hasSize(4);
        assertThat(lines.get(1)).endsWith("  /sbin/init");
        assertThat(lines.get(2)).contains("3.0 MiB").endsWith("    work \\u001b[2J");
        assertThat(lines.get(3)).endsWith("      [kworker]");
    }

    @Test
    void parentsOfEachOtherAreShownAllTheSame() throws Exception {
        String circle = "{\"rows\":[[2,1,3,\"a\",\"S\",1,-1,0,\"x\",\"x\"],[3,1,2,\"a\",\"S\",1,-1,0,\"y\",\"y\"]]}\n"
                + "{\"sample\":{}}\n{\"sample\":{}}\n";
        assertThat(run((stream, request) -> write(stream, circle), "ps", FixedInstallation.UID, "--tree"))
                .isZero();
        assertThat(user.out().lines()).hasSize(3);
    }

    @Test
    void whatIsNoTableIsASecurityFailure() throws Exception {
        for (String wrong :
                List.of("{\"rows\":[[1]]}\n", "{\"figures\":[[9,1,\"S\",1,0,0]]}\n", "no\n", "{\"rows\":1}\n")) {
            assertThat(run((stream, request) -> write(stream, wrong), "ps", FixedInstallation.UID))
                    .as(wrong)
                    .isEqualTo(6);
        }
    }

    @Test
    void killIsForTheProcessThatIsThere() throws Exception {
        Answer answer = (stream, request) -> {
            if (request instanceof SystemRequest.Processes) {
                write(stream, TABLE);
            } else {
                done(stream);
            }
        };
        assertThat(run(answer, "kill", FixedInstallation.UID, "20", "--signal", "sigkill"))
                .as(user.err())
                .isZero();
        assertThat(asked.get(1)).isEqualTo(new SystemRequest.Kill(20, 77, SystemRequest.Signal.KILL));
        assertThat(user.out()).contains("KILL sent to 20 (work)");
        assertThat(run(answer, "kill", FixedInstallation.UID, "21")).isEqualTo(10);
        asked.clear();
        assertThat(run(answer, "kill", FixedInstallation.UID, "20", "--start", "76"))
                .isZero();
        assertThat(asked).containsExactly(new SystemRequest.Kill(20, 76, SystemRequest.Signal.TERM));
        assertThat(run(answer, "kill", FixedInstallation.UID, "20", "--signal", "USR1"))
                .isEqualTo(2);
        assertThat(run(answer, "kill", FixedInstallation.UID, "0")).isEqualTo(2);
    }

    @Test
    void refusalsHaveTheirExitCodes() throws Exception {
        for (DeviceProblem.Code code : List.of(GONE, DENIED, NOT_PERMITTED, AGENT, UNSUPPORTED, FAILED)) {
            int exit = run(
                    (stream, request) -> {
                        throw new DeviceProblem(code, "Because \u001b.");
                    },
                    "kill",
                    FixedInstallation.UID,
                    "20",
                    "--start",
                    "77");
            assertThat(exit)
                    .as(code.text())
                    .isEqualTo(
                            switch (code) {
                                case GONE -> 10;
                                case DENIED, NOT_PERMITTED, AGENT -> 4;
                                default -> 1;
                            });
            assertThat(user.err()).contains("Because \\u001b.");
        }
    }

    @Test
    void aStartedProgramHasItsFolderAndItsExitCode() throws Exception {
        int code = run(
                (stream, request) -> {
                    byte[] out = "out".getBytes(StandardCharsets.UTF_8);
                    ProcessFrames.write(stream, ProcessFrames.OUTPUT, out, 0, out.length);
                    stream.sendEvent(ProcessExit.code(7).toEvent());
                    stream.finish();
                },
                "start",
                "--folder",
                "/srv",
                FixedInstallation.UID,
                "--",
                "make",
                "--all");
        assertThat(code).as(user.err()).isEqualTo(7);
        assertThat(user.out()).isEqualTo("out");
        assertThat(asked.get(0)).isInstanceOfSatisfying(SystemRequest.Start.class, start -> {
            assertThat(start.folder()).contains("/srv");
            assertThat(start.line().arguments()).containsExactly("make", "--all");
        });
    }

    @Test
    void informationIsShown() throws Exception {
        String info = "{\"hostName\":\"pump\\u001b\",\"os\":{\"name\":\"Linux\",\"version\":\"12\"},\"kernel\":\"6.1\","
                + "\"now\":{\"uptime\":90061,\"load\":[150,20,3],\"memory\":[1073741824,1048576,0,0]},"
                + "\"fileSystems\":[{\"name\":\"/\",\"type\":\"ext4\",\"size\":2048,\"free\":1024}],\"addresses\":[\"192.0.2.1\"]}";
        Answer answer = (stream, request) -> {
            write(stream, info);
            stream.finish();
        };
        assertThat(run(answer, "info", FixedInstallation.UID)).as(user.err()).isZero();
        assertThat(user.out())
                .contains("pump\\u001b", "1 days, 1:01 h", "1.50 0.20 0.03", "1.0 GiB, 1.0 MiB available", "192.0.2.1");
        assertThat(run(answer, "info", FixedInstallation.UID, "--json")).isZero();
        assertThat(StrictJson.parse(user.out().strip(), 10_000).string("kernel", 10))
                .isEqualTo("6.1");
    }

    @Test
    void aRestartIsConfirmedAndHasItsReason() throws Exception {
        Answer answer = (stream, request) -> done(stream);
        assertThat(run(answer, "restart", FixedInstallation.UID)).isEqualTo(9);
        assertThat(asked).isEmpty();
        user.in = new ByteArrayInputStream("yes\n".getBytes(StandardCharsets.UTF_8));
        assertThat(run(answer, "restart", FixedInstallation.UID, "--reason", "new kernel"))
                .as(user.err())
                .isZero();
        assertThat(asked).containsExactly(new SystemRequest.Restart("new kernel"));
    }
}

package org.bascule.control.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bascule.control.ExitCode;
import org.bascule.control.FakeServer;
import org.bascule.control.Main;
import org.bascule.control.TestUser;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists of many pages: printed as they come, whole or with an error. */
class LongListTest {

    private FakeServer server;
    private TestUser user;

    @BeforeEach
    void start(@TempDir Path home) throws IOException {
        server = new FakeServer();
        user = new TestUser(home);
        user.environment.put("BASCULE_URL", server.url());
        user.environment.put("BASCULE_TOKEN", "bat1.secret");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** {@code pages} pages with {@code rows} rows each, numbered through; rows have the members of devices, folders and users. */
    private FakeServer.Reply page(FakeServer.Request request, int pages, int rows) {
        String cursor = request.query().replaceAll(".*&cursor=", "");
        int page = cursor.matches("\\d+") ? Integer.parseInt(cursor) : 0;
        String items = IntStream.range(page * rows, (page + 1) * rows)
                .mapToObj(n ->
                        "{\"uid\":\"u%1$d\",\"id\":\"i%1$d\",\"name\":\"n%1$d\",\"state\":\"online\"}".formatted(n))
                .collect(Collectors.joining(","));
        String next = page + 1 < pages ? "\"" + (page + 1) + "\"" : "null";
        return new FakeServer.Reply(200, "{\"items\":[" + items + "],\"next\":" + next + "}");
    }

    @ParameterizedTest
    @CsvSource({"ls,/api/devices", "user list,/api/users"})
    void everyPageIsPrintedBeforeTheNextIsAskedFor(String command, String path) throws WireException {
        List<String> printed = new CopyOnWriteArrayList<>();
        server.on("GET " + path, request -> {
            printed.add(user.out());
            return page(request, 3, 2);
        });
        assertThat(user.run(command.split(" "))).as(user.err()).isZero();
        assertThat(printed).hasSize(3);
        assertThat(printed.get(0)).isEmpty();
        assertThat(printed.get(1)).contains("n0", "n1").hasLineCount(3);
        assertThat(printed.get(2)).contains("n2", "n3").hasLineCount(5);
        assertThat(user.out()).hasLineCount(7).containsOnlyOnce("NAME");

        assertThat(user.run((command + " --json").split(" "))).isZero();
        assertThat(printed.get(5)).contains("n3").doesNotContain("n4").doesNotEndWith("]}");
        assertThat(StrictJson.parse(user.out().strip(), 100_000).children("items", 9))
                .hasSize(6);
    }

    @Test
    void columnsStayWhereTheyWere() {
        server.on("GET /api/users", request -> page(request, 2, 10));
        assertThat(user.run("user", "list")).isZero();
        assertThat(user.out().lines().skip(9).limit(3))
                .containsExactly(
                        "n8    -       -       -          i8",
                        "n9    -       -       -          i9",
                        "n10   -       -       -          i10");
    }

    @Test
    void aThousandPagesAreNotTheEnd() {
        server.on("GET /api/devices", request -> page(request, 1_002, 1));
        assertThat(user.run("ls")).as(user.err()).isZero();
        assertThat(user.out()).hasLineCount(1_003).contains("u1001");
    }

    @Test
    void whatIsBrokenOffIsNoSuccessAndNoJson() {
        server.on(
                "GET /api/users",
                request ->
                        request.query().contains("cursor=2") ? new FakeServer.Reply(503, "{}") : page(request, 3, 2));
        assertThat(user.run("user", "list", "--json")).isNotZero();
        assertThat(user.out()).contains("n3").doesNotEndWith("]}\n");
        assertThat(user.err()).isNotBlank();
    }

    @Test
    void aListThatDoesNotGoOnIsAnError() {
        server.on("GET /api/users", 200, "{\"items\":[],\"next\":\"same\"}");
        assertThat(user.run("user", "list")).isEqualTo(ExitCode.FAILED.code());
        assertThat(user.err()).contains("does not go on");
    }

    @ParameterizedTest
    @CsvSource({"ls,/api/devices", "user list,/api/users"})
    @Timeout(60)
    void aListThatGoesInACircleIsAnError(String command, String path) {
        server.on("GET " + path, request -> {
            String next =
                    request.query().endsWith("cursor=2") ? "3" : request.query().endsWith("cursor=3") ? "1" : "2";
            return new FakeServer.Reply(200, "{\"items\":[],\"next\":\"" + next + "\"}");
        });
        assertThat(user.run(command.split(" "))).isEqualTo(ExitCode.FAILED.code());
        assertThat(user.err()).contains("does not go on");
        assertThat(server.to(path)).as("no page is asked for twice").hasSize(4);
    }

    /** As a process, with what really becomes of a pipe. */
    private Process process(ProcessBuilder.Redirect output, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(output);
        builder.environment().putAll(user.environment);
        builder.environment().put("BASCULE_CONFIG", user.home.toString());
        return builder.start();
    }

    private void endsBecauseOfItsOutput(Process process) throws Exception {
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("it ends").isTrue();
            assertThat(process.exitValue()).isEqualTo(ExitCode.FAILED.code());
            assertThat(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("bascule: the output is not taken: ")
                    .hasLineCount(1);
        } finally {
            process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @CsvSource({"ls", "ls --json"})
    void whoReadsNoMoreEndsTheList(String command) throws Exception {
        server.on("GET /api/devices", request -> page(request, Integer.MAX_VALUE, 10));
        Process process = process(ProcessBuilder.Redirect.PIPE, command.split(" "));
        try (InputStream out = process.getInputStream()) {
            assertThat(out.read()).isPositive();
        }
        endsBecauseOfItsOutput(process);
    }

    @ParameterizedTest
    @CsvSource({"user list", "user list --json"})
    void whatIsNotWrittenIsNoSuccess(String command) throws Exception {
        server.on("GET /api/users", request -> page(request, 3, 2));
        endsBecauseOfItsOutput(process(ProcessBuilder.Redirect.to(new File("/dev/full")), command.split(" ")));
        assertThat(server.to("/api/users")).hasSize(1);
    }

    /** A tree is drawn from all of its folders. */
    @Test
    void whatHasToBeThereAsAWholeIsRefusedIfItIsTooLong() {
        server.on("GET /api/folders", request -> page(request, 25, 10_000));
        assertThat(user.run("folder", "tree")).isEqualTo(ExitCode.FAILED.code());
        assertThat(user.err()).contains("more than 200000 entries");
        assertThat(user.out()).isEmpty();
        assertThat(server.to("/api/folders")).hasSize(21);
    }
}

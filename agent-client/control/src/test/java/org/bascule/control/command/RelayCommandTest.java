package org.bascule.control.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.bascule.control.ExitCode;
import org.bascule.control.FakeServer;
import org.bascule.control.TestUser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code relay} against a server that answers what a test says. */
class RelayCommandTest {

    private static final String RELAYS = "/api/installation/relays";
    private static final String FIRST =
            """
            {"items":[
              {"id":"relay-1","url":"wss://one.example/relay","nativeUrl":"wss://one.example/relay","configured":true,"state":"configured","name":null,"region":null,
               "version":null,"words":null,"address":null,"firstSeen":null,"lastHeartbeat":null,"capacity":null,"sessions":null,"bytesPerSecond":null,
               "drain":false,"draining":false,"silent":false}],"next":"after 1"}""";
    private static final String SECOND =
            """
            {"items":[
              {"id":"relay-2","url":"wss://two.example/relay","nativeUrl":"wss://two.example/relay","configured":false,"state":"pending","name":"Two","region":"eu",
               "version":"1","words":"one two three four five six seven eight","address":"192.0.2.1","firstSeen":"2026-01-01T00:00:00Z",
               "lastHeartbeat":"2026-01-01T00:00:10Z","capacity":100,"sessions":7,"bytesPerSecond":1,"drain":true,"draining":true,"silent":true}],"next":null}""";

    private final FakeServer server;
    private TestUser user;

    RelayCommandTest() throws IOException {
        server = new FakeServer();
        user = new TestUser(Path.of("nowhere"));
    }

    @BeforeEach
    void start(@TempDir Path home) {
        user = new TestUser(home);
        user.environment.put("BASCULE_URL", server.url());
        user.environment.put("BASCULE_TOKEN", "access");
        server.on(
                "GET " + RELAYS,
                request -> new FakeServer.Reply(200, request.query().endsWith("&cursor=after%201") ? SECOND : FIRST));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void relaysOfAllPagesAreListedWithTheirWords() {
        assertThat(user.run("relay", "list")).as(user.err()).isZero();
        assertThat(user.out().lines().toList())
                .hasSize(3)
                .satisfies(lines -> assertThat(lines.get(1)).contains("relay-1", "configured", "wss://one.example"))
                .satisfies(lines -> assertThat(lines.get(2))
                        .contains(
                                "pending, to be empty, silent", "7 of 100", "one two three four five six seven eight"));
    }

    @Test
    void approvalAsksForTheWords() {
        server.on("POST " + RELAYS + "/relay-2/approve", 204, "");
        user.in = new ByteArrayInputStream("no\n".getBytes(StandardCharsets.UTF_8));
        assertThat(user.run("relay", "approve", "relay-2")).isEqualTo(ExitCode.NOT_CONFIRMED.code());
        assertThat(user.err()).contains("one two three four five six seven eight");
        assertThat(server.to(RELAYS + "/relay-2/approve")).isEmpty();
        assertThat(user.run("relay", "approve", "relay-2", "--yes"))
                .as(user.err())
                .isZero();
        assertThat(server.to(RELAYS + "/relay-2/approve")).hasSize(1);
        assertThat(user.run("relay", "approve", "relay-9", "--yes")).isEqualTo(ExitCode.REFUSED.code());
    }

    @Test
    void relaysAreEmptiedTakenBackRefusedAndRemoved() {
        server.on("PUT " + RELAYS + "/relay-2/drain", 204, "");
        server.on("POST " + RELAYS + "/relay-2/refuse", 204, "");
        server.on("DELETE " + RELAYS + "/relay-2", 204, "");
        assertThat(user.run("relay", "drain", "relay-2")).as(user.err()).isZero();
        assertThat(user.run("relay", "drain", "--off", "relay-2"))
                .as(user.err())
                .isZero();
        assertThat(server.to(RELAYS + "/relay-2/drain"))
                .extracting(FakeServer.Request::body)
                .containsExactly("{\"drain\":true}", "{\"drain\":false}");
        assertThat(user.run("relay", "refuse", "relay-2")).as(user.err()).isZero();
        assertThat(user.run("relay", "remove", "relay-2", "--yes"))
                .as(user.err())
                .isZero();
        assertThat(server.to(RELAYS + "/relay-2")).hasSize(1);
    }
}

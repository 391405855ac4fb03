package org.bascule.agent.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LocalSocketTest {

    private static final String GREET = "{\"command\":\"greet\",\"name\":\"x\"}\n";

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private final LocalCommands commands = new LocalCommands();
    private StateFolder folder;
    private LocalSocket socket;

    @BeforeEach
    void open(@TempDir Path temporary) throws Exception {
        folder = StateFolder.create(temporary.resolve("s"));
        commands.add("greet", (arguments, by) -> Json.createObjectBuilder()
                .add("text", "hello " + StrictJson.of(arguments).string("name", 100))
                .add("by", by)
                .build());
        commands.add("no", (arguments, by) -> {
            throw new LocalException("not-now", "Not now.");
        });
        commands.add("broken", (arguments, by) -> {
            throw new IllegalStateException("secret");
        });
        socket = LocalSocket.open(folder, commands, threads, timer);
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
        threads.shutdownNow();
        timer.shutdownNow();
    }

    private Path file() {
        return folder.path().resolve(LocalSocket.FILE);
    }

    private SocketChannel connect() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(file()));
        return channel;
    }

    private static void send(SocketChannel channel, String text) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private static String answer(SocketChannel channel) throws IOException {
        StringBuilder text = new StringBuilder();
        ByteBuffer buffer = ByteBuffer.allocate(4_096);
        while (channel.read(buffer.clear()) >= 0) {
            text.append(StandardCharsets.UTF_8.decode(buffer.flip()));
        }
        return text.toString();
    }

    private static String exchange(SocketChannel channel, String text) throws IOException {
        try (channel) {
            send(channel, text);
            return answer(channel);
        }
    }

    @Test
    void answersWithTheAccountThatAsks() throws Exception {
        StrictJson answer = new LocalClient(folder)
                .ask(
                        "greet",
                        Json.createObjectBuilder().add("name", "a\nb \u00e4").build())
                .orElseThrow();
        assertThat(answer.string("text", 100)).isEqualTo("hello a\nb \u00e4");
        assertThat(answer.string("by", 100)).isEqualTo(System.getProperty("user.name"));
    }

    @Test
    void onlyItsOwnerMayOpenIt() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }

    private void assertRefused(String command, String code) {
        assertThatThrownBy(() -> new LocalClient(folder).ask(command))
                .isInstanceOfSatisfying(
                        LocalException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageEndingWith(".")
                .hasMessageNotContaining("secret");
    }

    @Test
    void refusalsHaveACodeAndASentence() {
        assertRefused("no", "not-now");
        assertRefused("greet", LocalException.BAD_REQUEST);
        assertRefused("other", LocalException.UNKNOWN);
        assertRefused("broken", LocalException.FAILED);
    }

    @Test
    void whatIsNoRequestIsRefused() throws Exception {
        for (String request :
                List.of("\n", "{}\n", "[]\n", "{\"command\":7}\n", "x".repeat(9_000) + "\n", "\u0000\n")) {
            assertThat(exchange(connect(), request)).contains("\"error\":\"bad-request\"");
        }
        assertThat(exchange(connect(), GREET)).contains("hello x");
    }

    @Test
    void whoDoesNotComeToAnEndIsCutOff() throws Exception {
        try (SocketChannel channel = connect()) {
            assertThatThrownBy(() -> send(channel, "x".repeat(4 << 20))).isInstanceOf(IOException.class);
        }
        assertThat(exchange(connect(), GREET)).contains("hello x");
    }

    @Test
    void whoSaysNothingIsClosedInTime() throws Exception {
        List<SocketChannel> idle = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            idle.add(connect());
        }
        long begin = System.nanoTime();
        try (SocketChannel ninth = connect()) {
            assertThat(answer(ninth)).isEmpty();
        }
        for (SocketChannel channel : idle) {
            assertThat(answer(channel)).isEmpty();
            channel.close();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
        assertThat(exchange(connect(), GREET)).contains("hello x");
    }

    @Test
    void nobodyListensAfterTheEnd() throws Exception {
        socket.close();
        assertThat(new LocalClient(folder).ask("greet")).isEmpty();
        // a file that a killed agent left behind
        try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            left.bind(UnixDomainSocketAddress.of(file()));
        }
        assertThat(Files.exists(file())).isTrue();
        assertThat(new LocalClient(folder).ask("greet")).isEmpty();
        socket = LocalSocket.open(folder, commands, threads, timer);
        assertThat(exchange(connect(), GREET)).contains("hello x");
    }

    @Test
    void aPathThatIsTooLongIsSaid(@TempDir Path temporary) throws Exception {
        StateFolder deep = StateFolder.create(temporary.resolve("d".repeat(100)));
        assertThatThrownBy(() -> LocalSocket.open(deep, commands, threads, timer))
                .isInstanceOf(StateException.class)
                .hasMessageContaining("too long");
        assertThat(new LocalClient(deep).ask("greet")).isEmpty();
    }
}

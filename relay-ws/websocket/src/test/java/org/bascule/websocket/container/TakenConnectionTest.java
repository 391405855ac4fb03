package org.bascule.websocket.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.filterchain.TransportFilter;
import org.glassfish.grizzly.nio.NIOConnection;
import org.glassfish.grizzly.nio.transport.TCPNIOTransport;
import org.glassfish.grizzly.nio.transport.TCPNIOTransportBuilder;
import org.glassfish.grizzly.ssl.SSLEngineConfigurator;
import org.glassfish.grizzly.ssl.SSLFilter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A transport of the container with its filters, real sockets, and an owner that sends back what comes. */
class TakenConnectionTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int MUCH = 8 << 20;
    private static final String PLAIN = "plain";

    @TempDir
    static Path folder = Path.of("replaced");

    private static TestTls tls;

    private final TCPNIOTransport transport =
            TCPNIOTransportBuilder.newInstance().build();
    private final SelectorThreads selectors = new SelectorThreads();
    private final Contained contained = new Contained();
    private final Echo echo = new Echo();
    private int port;

    @BeforeAll
    static void certificate() throws Exception {
        // an update of keys after so much, RFC 8446, section 4.6.3: read when TLS is used first
        Security.setProperty("jdk.tls.keyLimits", "AES/GCM/NoPadding KeyUpdate 2^20");
        tls = TestTls.make(folder);
    }

    @AfterEach
    void stop() throws IOException {
        selectors.stop();
        transport.shutdownNow();
    }

    /** What the container's filters were given. */
    private static final class Contained extends BaseFilter {

        private final ByteArrayOutputStream read = new ByteArrayOutputStream();
        private final CompletableFuture<NIOConnection> accepted = new CompletableFuture<>();
        private volatile @Nullable CompletableFuture<NIOConnection> next;

        @Override
        public NextAction handleAccept(FilterChainContext context) {
            NIOConnection connection = (NIOConnection) context.getConnection();
            if (!accepted.complete(connection) && next != null) {
                next.complete(connection);
            }
            return context.getInvokeAction();
        }

        @Override
        public NextAction handleRead(FilterChainContext context) {
            Buffer buffer = context.getMessage();
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            synchronized (read) {
                read.writeBytes(bytes);
            }
            return context.getStopAction();
        }

        private byte[] read() {
            synchronized (read) {
                return read.toByteArray();
            }
        }
    }

    /** Sends back what comes, and reads no more while that is not taken. */
    private static final class Echo implements Passing {

        private volatile boolean takes = true;
        private volatile boolean sends = true;
        private volatile @Nullable TakenConnection taken;
        private volatile @Nullable Exception failed;
        private volatile boolean ended;
        private volatile long received;
        private volatile Thread thread = Thread.currentThread();

        @Override
        public boolean takes(TakenConnection offered) {
            if (takes && offered.isQuiet()) {
                taken = offered;
            }
            return taken != null;
        }

        @Override
        public void readable() {
            thread = Thread.currentThread();
            TakenConnection own = taken;
            if (own == null) {
                throw new AssertionError("not taken");
            }
            byte[] buffer = new byte[TakenConnection.ROOM];
            try {
                for (int turns = 0; own.isWritable(); turns++) {
                    if (turns == 4) {
                        own.readOn();
                        return;
                    }
                    int count = own.read(buffer, 0, buffer.length);
                    if (count == Streams.END) {
                        ended = true;
                        return;
                    }
                    if (count == Streams.NONE) {
                        return;
                    }
                    received += count;
                    if (sends) {
                        own.write(buffer, 0, count);
                    }
                }
            } catch (IOException e) {
                failed = e;
            }
        }

        @Override
        public void writable() {
            readable();
        }

        private TakenConnection taken() {
            TakenConnection own = taken;
            if (own == null) {
                throw new AssertionError("not taken");
            }
            return own;
        }
    }

    private void listen(boolean secure) throws IOException {
        FilterChainBuilder chain = FilterChainBuilder.stateless().add(new TransportFilter());
        if (secure) {
            chain.add(new Unopened(10, 10, TestTls.NO_PROXIES, 10, () -> 0).begun(true));
            chain.add(new SSLFilter(new SSLEngineConfigurator(tls.server(), false, false, false), null));
        }
        transport.setProcessor(chain.add(contained).build());
        port = ((InetSocketAddress) transport
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .getLocalAddress())
                .getPort();
        transport.start();
    }

    private Socket connect(String protocol) throws IOException {
        if (PLAIN.equals(protocol)) {
            listen(false);
            return new Socket(InetAddress.getLoopbackAddress(), port);
        }
        listen(true);
        SSLContext client = tls.client();
        SSLSocket socket = (SSLSocket) client.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setEnabledProtocols(new String[] {protocol});
        socket.startHandshake();
        return socket;
    }

    private TakenConnection want() throws Exception {
        NIOConnection connection = contained.accepted.get(20, TimeUnit.SECONDS);
        return selectors.handle(connection, echo).orElseThrow();
    }

    /** The container may still have the handshake in hand. */
    private TakenConnection take() throws Exception {
        TakenConnection wanted = want();
        await("it is taken", () -> {
            wanted.take();
            return echo.taken != null;
        });
        return wanted;
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static Thread sends(Socket socket, byte[] bytes, CompletableFuture<Void> sent) {
        Thread thread = new Thread(() -> {
            Random random = new Random(1);
            try {
                OutputStream out = socket.getOutputStream();
                for (int at = 0; at < bytes.length; ) {
                    int some = Math.min(bytes.length - at, 1 + random.nextInt(200_000));
                    out.write(bytes, at, some);
                    at += some;
                }
                sent.complete(null);
            } catch (IOException e) {
                sent.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @ParameterizedTest
    @ValueSource(strings = {PLAIN, "TLSv1.2"})
    void everythingThatComesIsReadOnce(String protocol) throws Exception {
        try (Socket socket = connect(protocol)) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            byte[] before = random(3_000);
            socket.getOutputStream().write(before);
            await("the container has it", () -> contained.read().length == before.length);
            TakenConnection wanted = want();
            byte[] bytes = random(MUCH);
            CompletableFuture<Void> sent = new CompletableFuture<>();
            sends(socket, bytes, sent);
            assertThat(socket.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
            sent.get(20, TimeUnit.SECONDS);
            assertThat(echo.taken()).isSameAs(wanted);
            assertThat(contained.read())
                    .as("nothing more went through its filters")
                    .isEqualTo(before);
            assertThat(echo.thread)
                    .as("read where it is found")
                    .isSameAs(contained.accepted.get().getSelectorRunner().getRunnerThread());
            assertThat(echo.failed).isNull();
            socket.shutdownOutput();
            await("the end is read", () -> echo.ended);
            // a client of TLS waits for the other end
            contained.accepted.get().closeSilently();
        }
    }

    /** Both ends have new keys every MiB here. A client that waits to send before it reads would wait for ever then, as those of the JDK do: this one does not. */
    @Test
    void keysAreChangedOnTheWay() throws Exception {
        try (TestTls.Client client = tls.connect(listening())) {
            client.exchange(random(10), contained::read);
            want();
            byte[] bytes = random(MUCH);
            assertThat(client.there(bytes)).isEqualTo(bytes);
            assertThat(client.updates()).as("new keys of this end").isGreaterThan(4);
            assertThat(echo.failed).isNull();
        }
    }

    /** Nothing is written that the answers could go with. */
    @Test
    void newKeysAreAnsweredByWhoOnlyReads() throws Exception {
        try (TestTls.Client client = tls.connect(listening())) {
            client.exchange(random(10), contained::read);
            echo.sends = false;
            want();
            byte[] bytes = random(MUCH);
            client.sends(bytes);
            await("all is read", () -> echo.received == bytes.length);
            client.awaitAnswers(4);
            assertThat(echo.failed).isNull();
        }
    }

    /** Whoever writes takes an answer along that somebody else was about to give. */
    @Test
    void keysAreChangedWhileAnotherThreadWrites() throws Exception {
        try (TestTls.Client client = tls.connect(listening())) {
            client.exchange(random(10), contained::read);
            echo.sends = false;
            TakenConnection taken = take();
            byte[] bytes = random(4 * MUCH);
            Thread writer = new Thread(() -> {
                byte[] content = new byte[200];
                try {
                    while (echo.received < bytes.length && echo.failed == null) {
                        if (taken.isWritable()) {
                            taken.write(content, 0, content.length);
                        }
                    }
                } catch (IOException e) {
                    echo.failed = e;
                }
            });
            writer.setDaemon(true);
            writer.start();
            client.sends(bytes);
            client.readsUntil(() -> echo.received == bytes.length || echo.failed != null);
            assertThat(echo.failed).isNull();
        }
    }

    /** Two applications of one server have classes of their own, and attributes by the same name. */
    @Test
    void whatAnotherApplicationKeepsWithAConnectionIsNothing() throws Exception {
        try (SSLSocket socket = (SSLSocket) connect("TLSv1.3")) {
            NIOConnection connection = contained.accepted.get(20, TimeUnit.SECONDS);
            for (Class<?> ours : List.of(Selecting.class, TlsRecords.class, Unopened.class)) {
                Attribute<Object> same = Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(ours.getName());
                same.set(connection, new Object());
            }
            new SelectorThreads().handle(anotherConnection(), echo);
            socket.getOutputStream().write(random(100));
            await("the container has it", () -> contained.read().length == 100);
            assertThat(Unopened.records(connection)).isNull();
        }
    }

    /** Which makes the strategy of {@link Selecting} stand before the transport's. */
    private NIOConnection anotherConnection() throws Exception {
        CompletableFuture<NIOConnection> second = new CompletableFuture<>();
        contained.next = second;
        try (Socket other = new Socket(InetAddress.getLoopbackAddress(), port)) {
            assertThat(other.isConnected()).isTrue();
            return second.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void aResetIsFoundByWhoWaitsToWrite() throws Exception {
        try (Socket socket = connect(PLAIN)) {
            TakenConnection taken = take();
            byte[] bytes = random(60_000);
            while (taken.isWritable()) {
                taken.write(bytes, 0, bytes.length);
            }
            socket.setSoLinger(true, 0);
            socket.close();
            await("the owner is told", () -> echo.failed != null);
            assertThatThrownBy(taken::isWritable).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void anEndInOrderIsTheEnd(String protocol) throws Exception {
        try (SSLSocket socket = (SSLSocket) connect(protocol)) {
            socket.getOutputStream().write(1);
            await("the container has it", () -> contained.read().length == 1);
            take();
            socket.shutdownOutput();
            await("it is read", () -> echo.ended);
            contained.accepted.get().closeSilently();
        }
    }

    @Test
    void anEndWithinARecordIsTheEnd() throws Exception {
        try (TestTls.Client client = tls.connect(listening())) {
            client.exchange(random(10), contained::read);
            take();
            client.raw(Arrays.copyOf(client.record(random(5_000)), 2_000));
        }
        await("it is read, or a reset", () -> echo.ended || echo.failed != null);
        assertThat(echo.received).isZero();
    }

    private int listening() throws IOException {
        listen(true);
        return port;
    }

    /** What has come of it is in the container's hands, and nobody else could read the rest. */
    @Test
    void isNotTakenWithinARecord() throws Exception {
        try (TestTls.Client client = tls.connect(listening())) {
            client.exchange(random(10), contained::read);
            byte[] record = client.record(random(5_000));
            client.raw(Arrays.copyOf(record, 2_000));
            TlsRecords records = Objects.requireNonNull(Unopened.records(contained.accepted.get()));
            await("the container has the half", () -> !records.isBetween());
            TakenConnection wanted = want();
            wanted.take();
            TimeUnit.MILLISECONDS.sleep(200);
            assertThat(echo.taken).isNull();
            client.raw(Arrays.copyOfRange(record, 2_000, record.length));
            await("the container has the rest", () -> contained.read().length == 5_010);
            wanted.take();
            await("it is taken", () -> echo.taken != null);
            byte[] more = random(70_000);
            assertThat(client.there(more)).isEqualTo(more);
        }
    }

    @Test
    void isTakenWhereNothingComes() throws Exception {
        try (Socket socket = connect(PLAIN)) {
            TakenConnection wanted = take();
            wanted.write(new byte[] {7}, 0, 1);
            assertThat(socket.getInputStream().read()).isEqualTo(7);
        }
    }

    @Test
    void whoDoesNotWantItYetIsAskedAgain() throws Exception {
        try (Socket socket = connect(PLAIN)) {
            echo.takes = false;
            want();
            socket.getOutputStream().write(random(10));
            await("the container has it", () -> contained.read().length == 10);
            echo.takes = true;
            socket.getOutputStream().write(random(20));
            assertThat(socket.getInputStream().readNBytes(20)).isEqualTo(random(20));
        }
    }

    /** What one write leaves is kept, and nothing more is read. */
    @ParameterizedTest
    @ValueSource(strings = {PLAIN, "TLSv1.2"})
    void whoTakesNothingIsNotRead(String protocol) throws Exception {
        try (Socket socket = connect(protocol)) {
            want();
            byte[] bytes = random(4 * MUCH);
            CompletableFuture<Void> sent = new CompletableFuture<>();
            sends(socket, bytes, sent);
            await("it has begun", () -> echo.taken != null);
            TakenConnection taken = echo.taken();
            await("nothing is taken any more", () -> !isWritable(taken));
            TimeUnit.MILLISECONDS.sleep(500);
            assertThat(sent).as("the sender waits").isNotDone();
            assertThat(socket.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
            sent.get(20, TimeUnit.SECONDS);
        }
    }

    private static boolean isWritable(TakenConnection taken) {
        try {
            return taken.isWritable();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** TLS 1.2 lets a client begin a new handshake at any time. */
    @Test
    void aNewHandshakeIsRefused() throws Exception {
        try (SSLSocket socket = (SSLSocket) connect("TLSv1.2")) {
            socket.getOutputStream().write(1);
            await("the container has it", () -> contained.read().length == 1);
            take();
            socket.startHandshake();
            await("it is refused", () -> echo.failed != null);
            assertThat(echo.failed).isInstanceOf(SSLException.class).hasMessageContaining("handshake");
        }
    }

    @Test
    void garbageIsAnError() throws Exception {
        try (TestTls.Client client = tls.connect(listening())) {
            client.exchange(random(10), contained::read);
            want();
            byte[] record = client.record(random(100));
            record[50] ^= 1;
            client.raw(record);
            await("it is found", () -> echo.failed != null);
            assertThat(echo.failed).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void aConnectionThatIsResetCannotBeWritten() throws Exception {
        try (Socket socket = connect(PLAIN)) {
            TakenConnection wanted = take();
            socket.setSoLinger(true, 0);
            socket.close();
            byte[] bytes = random(100);
            assertThatThrownBy(() -> {
                        long end = System.nanoTime() + LIMIT.toNanos();
                        while (System.nanoTime() < end) {
                            wanted.write(bytes, 0, bytes.length);
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void whatIsSentIsTheSameBytes() throws Exception {
        try (Socket socket = connect("TLSv1.3")) {
            socket.getOutputStream().write(1);
            await("the container has it", () -> contained.read().length == 1);
            take();
            byte[] bytes = random(65 * 1_024);
            echo.taken().write(bytes, 0, bytes.length);
            InputStream in = socket.getInputStream();
            assertThat(in.readNBytes(bytes.length)).isEqualTo(bytes);
        }
    }
}

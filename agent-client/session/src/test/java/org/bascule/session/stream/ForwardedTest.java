package org.bascule.session.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.bascule.session.forward.Connections;
import org.bascule.session.forward.TcpConnection;
import org.bascule.session.service.TcpRequest;
import org.bascule.wire.Operations;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections through both ends of a session: real sockets at either side. */
@Timeout(60)
class ForwardedTest {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Connections atClient = new Connections("test-client");
    private final Connections atDevice = new Connections("test-device");
    private final AtomicInteger open = new AtomicInteger();
    private final ServerSocketChannel local;
    private final ServerSocket target;
    private final SessionPair pair;
    private volatile TcpConnection lastAtDevice = new TcpConnection(atDevice, new Counted());

    private final class Counted implements TcpConnection.Observer {
        @Override
        public void over(TcpConnection connection, EndReason reason, String text) {
            open.decrementAndGet();
        }
    }

    ForwardedTest() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        target = new ServerSocket(0, 300, loopback);
        local = ServerSocketChannel.open().bind(new InetSocketAddress(loopback, 0), 300);
        pair = new SessionPair(Operations.of("tcp:device"), SessionConfig.DEFAULT, (stream, service, arguments) -> {
            TcpConnection connection = new TcpConnection(atDevice, new Counted(), stream);
            lastAtDevice = connection;
            open.incrementAndGet();
            threads.execute(() -> connect(connection, stream));
            return connection;
        });
        threads.execute(this::accept);
    }

    private void connect(TcpConnection connection, SessionStream stream) {
        try {
            connection.attach(stream, SocketChannel.open(target.getLocalSocketAddress()));
        } catch (IOException e) {
            connection.fail("refused");
        }
    }

    private void accept() {
        while (local.isOpen()) {
            try {
                SocketChannel socket = local.accept();
                TcpConnection connection = new TcpConnection(atClient, new Counted());
                open.incrementAndGet();
                SessionStream stream =
                        pair.client.open(Service.TCP, new TcpRequest("localhost", 1).toJson(), connection);
                connection.attach(stream, socket);
            } catch (IOException e) {
                return;
            }
        }
    }

    @AfterEach
    void close() throws Exception {
        local.close();
        target.close();
        pair.client.end(EndReason.DONE, "");
        atClient.close();
        atDevice.close();
        threads.shutdownNow();
    }

    private Socket dial() throws IOException {
        Socket socket = new Socket();
        socket.connect(local.getLocalAddress());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private Socket answer() throws IOException {
        Socket socket = target.accept();
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static byte[] random(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private void await(java.util.function.BooleanSupplier condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    @Test
    void eachDirectionEndsByItself() throws Exception {
        try (Socket here = dial();
                Socket there = answer()) {
            here.getOutputStream().write("question".getBytes(StandardCharsets.UTF_8));
            here.shutdownOutput();
            assertThat(there.getInputStream().readAllBytes()).asString().isEqualTo("question");
            there.getOutputStream().write("answer".getBytes(StandardCharsets.UTF_8));
            there.shutdownOutput();
            assertThat(here.getInputStream().readAllBytes()).asString().isEqualTo("answer");
        }
        await(() -> open.get() == 0);
        assertThat(lastAtDevice.bytesToSocket()).isEqualTo(8);
        assertThat(lastAtDevice.bytesToStream()).isEqualTo(6);
    }

    @Test
    void twoHundredConnectionsAtOnce() throws Exception {
        int count = 200;
        threads.execute(() -> {
            try {
                for (int i = 0; i < count; i++) {
                    Socket there = answer();
                    threads.execute(() -> echo(there));
                }
            } catch (IOException e) {
                // the test is over
            }
        });
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sockets.add(dial());
        }
        List<Future<byte[]>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Socket socket = sockets.get(i);
            byte[] sent = random(i, 50_000);
            threads.execute(() -> {
                try {
                    socket.getOutputStream().write(sent);
                    socket.shutdownOutput();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            answers.add(threads.submit(() -> socket.getInputStream().readAllBytes()));
        }
        for (int i = 0; i < count; i++) {
            assertThat(answers.get(i).get(30, TimeUnit.SECONDS)).isEqualTo(random(i, 50_000));
        }
        await(() -> open.get() == 0);
    }

    private static void echo(Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException e) {
            // seen at the other end
        }
    }

    @Test
    void whoDoesNotReadStopsItsWriterAndNobodyElse() throws Exception {
        byte[] sent = random(1, 30_000_000);
        try (Socket here = dial();
                Socket there = answer()) {
            Future<?> writer = threads.submit(() -> {
                OutputStream out = here.getOutputStream();
                out.write(sent);
                here.shutdownOutput();
                return null;
            });
            TcpConnection stalled = lastAtDevice;
            long before = whenStill(stalled);
            try (Socket second = dial();
                    Socket secondThere = answer()) {
                second.getOutputStream().write(7);
                assertThat(secondThere.getInputStream().read()).isEqualTo(7);
            }
            assertThat(writer.isDone()).isFalse();
            assertThat(stalled.bytesToSocket()).isEqualTo(before);
            assertThat(MessageDigest.isEqual(there.getInputStream().readAllBytes(), sent))
                    .isTrue();
            writer.get(10, TimeUnit.SECONDS);
        }
    }

    /** The bytes at the device once no more came for half a second. */
    private static long whenStill(TcpConnection connection) throws InterruptedException {
        long seen = -1;
        long since = System.nanoTime();
        while (System.nanoTime() - since < 500_000_000) {
            long now = connection.bytesToSocket();
            if (now != seen) {
                seen = now;
                since = System.nanoTime();
            }
            Thread.sleep(10);
        }
        return seen;
    }

    @Test
    void bulkBothWaysArrivesWhole() throws Exception {
        byte[] one = random(2, 20_000_000);
        byte[] other = random(3, 20_000_000);
        try (Socket here = dial();
                Socket there = answer()) {
            Future<?> sending = threads.submit(() -> {
                here.getOutputStream().write(one);
                here.shutdownOutput();
                return null;
            });
            Future<?> answering = threads.submit(() -> {
                there.getOutputStream().write(other);
                there.shutdownOutput();
                return null;
            });
            Future<byte[]> atTarget =
                    threads.submit(() -> there.getInputStream().readAllBytes());
            assertThat(MessageDigest.isEqual(here.getInputStream().readAllBytes(), other))
                    .isTrue();
            assertThat(MessageDigest.isEqual(atTarget.get(20, TimeUnit.SECONDS), one))
                    .isTrue();
            sending.get(10, TimeUnit.SECONDS);
            answering.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aResetIsPassedOn() throws Exception {
        try (Socket here = dial()) {
            Socket there = answer();
            here.getOutputStream().write(1);
            assertThat(there.getInputStream().read()).isEqualTo(1);
            there.setSoLinger(true, 0);
            there.close();
            assertThatThrownBy(() -> here.getInputStream().read())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("reset");
        }
        await(() -> open.get() == 0);
    }

    @Test
    void whoIsRefusedBeforeThereIsASocketHearsIt() throws Exception {
        target.close();
        try (Socket here = dial()) {
            assertThatThrownBy(() -> {
                        here.getOutputStream().write(1);
                        here.getInputStream().read();
                    })
                    .isInstanceOf(IOException.class);
        }
        await(() -> open.get() == 0);
    }

    @Test
    void theEndOfTheSessionEndsThem() throws Exception {
        try (Socket here = dial();
                Socket there = answer()) {
            here.getOutputStream().write(1);
            assertThat(there.getInputStream().read()).isEqualTo(1);
            pair.device.end(EndReason.ENDED_BY_DEVICE, "");
            assertThatThrownBy(() -> here.getInputStream().read()).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> there.getInputStream().read()).isInstanceOf(IOException.class);
        }
        await(() -> open.get() == 0);
    }

    @Test
    void whoeverIsNotPermittedAnyMoreIsCutOff() throws Exception {
        try (Socket here = dial();
                Socket there = answer()) {
            here.getOutputStream().write(1);
            assertThat(there.getInputStream().read()).isEqualTo(1);
            pair.device.narrow(new Operations(List.of()));
            assertThatThrownBy(() -> here.getInputStream().read()).isInstanceOf(IOException.class);
        }
        await(() -> open.get() == 0);
    }
}

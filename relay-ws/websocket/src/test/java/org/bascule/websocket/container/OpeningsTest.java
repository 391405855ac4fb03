package org.bascule.websocket.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.bascule.websocket.address.TrustedProxies;
import org.glassfish.grizzly.Processor;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.filterchain.TransportFilter;
import org.glassfish.grizzly.http.HttpServerFilter;
import org.glassfish.grizzly.nio.transport.TCPNIOTransport;
import org.glassfish.grizzly.nio.transport.TCPNIOTransportBuilder;
import org.glassfish.grizzly.utils.DelayedExecutor;
import org.glassfish.grizzly.utils.IdleTimeoutFilter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A listener of the server with the filters that count, over real sockets that say nothing. */
class OpeningsTest {

    private static final int MOST = 6;
    private static final int MOST_OF_NETWORK = 2;

    private final TCPNIOTransport transport =
            TCPNIOTransportBuilder.newInstance().build();
    private final DelayedExecutor idle = IdleTimeoutFilter.createDefaultIdleDelayedExecutor();
    private static final int MOST_IN_HAND = 2;

    private final AtomicInteger waiting = new AtomicInteger();
    private final Openings openings = new Openings(new Unopened(
            MOST, MOST_OF_NETWORK, TrustedProxies.parse(List.of("127.0.8.0/24")), MOST_IN_HAND, waiting::get));
    /** What the server takes long for. */
    private final CountDownLatch answered = new CountDownLatch(1);

    private final List<Socket> silent = new ArrayList<>();
    private int port;

    @BeforeEach
    @SuppressWarnings("deprecation") // as all constructors of this filter are
    void start() throws IOException {
        transport.setProcessor(FilterChainBuilder.stateless()
                .add(new TransportFilter())
                .add(new IdleTimeoutFilter(idle, connection -> 60_000L))
                .add(new BaseFilter() {
                    @Override
                    public NextAction handleRead(FilterChainContext context) throws IOException {
                        try {
                            answered.await();
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                        return context.getInvokeAction();
                    }
                })
                .add(new HttpServerFilter())
                .build());
        port = ((InetSocketAddress) transport
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .getLocalAddress())
                .getPort();
        transport.start();
    }

    @AfterEach
    void stop() throws IOException {
        answered.countDown();
        for (Socket socket : silent) {
            socket.close();
        }
        transport.shutdownNow();
        idle.destroy();
    }

    /** Connects so many that say nothing. @return how many of them are not ended */
    private int open(String from, int count) throws IOException {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName(from), 0);
            socket.setSoTimeout(500);
            sockets.add(socket);
        }
        silent.addAll(sockets);
        int open = 0;
        for (Socket socket : sockets) {
            open += isOpen(socket) ? 1 : 0;
        }
        return open;
    }

    private static boolean isOpen(Socket socket) {
        try {
            return socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void nothingIsLeftWhenTheApplicationStops() throws Exception {
        Processor<?> before = transport.getProcessor();
        openings.limit("of the test", transport);
        assertThat(open("127.0.9.1", 3)).isEqualTo(MOST_OF_NETWORK);
        openings.undo();
        assertThat(transport.getProcessor()).isSameAs(before);
        assertThat(open("127.0.9.1", 3)).isEqualTo(3);
    }

    /** One application may start before the other one has stopped. */
    @Test
    void whoLimitsLaterIsNotDisturbed() throws Exception {
        openings.limit("of the test", transport);
        Openings later = new Openings(MOST, 1, TrustedProxies.none(), () -> 0);
        later.limit("of the test", transport);
        openings.undo();
        assertThat(open("127.0.9.1", 3)).isOne();
        later.undo();
        assertThat(open("127.0.9.1", 3)).as("nor is the first one back").isEqualTo(3);
    }

    @Test
    void aLimitThatLetsNobodyInIsAMistake() {
        assertThat(Openings.number("most", Optional.empty(), 7)).isEqualTo(7);
        assertThat(Openings.number("most", Optional.of(1), 7)).isOne();
        for (int wrong : new int[] {0, -1}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Openings.number("most", Optional.of(wrong), 7))
                    .withMessageContaining("most");
        }
    }

    @Test
    void manyComeThroughATrustedProxyAndCountInAllOnly() throws Exception {
        openings.limit("of the test", transport);
        assertThat(open("127.0.9.1", 4)).as("from a network").isEqualTo(MOST_OF_NETWORK);
        assertThat(open("127.0.8.7", 6))
                .as("from a proxy, up to all, and one for which the network gives way")
                .isEqualTo(MOST - MOST_OF_NETWORK + 1);
        assertThat(silent.stream().filter(OpeningsTest::isOpen)).as("of all").hasSize(MOST);
        assertThat(silent.subList(0, 4).stream().filter(OpeningsTest::isOpen))
                .as("of the network that had most")
                .hasSize(1);
        assertThat(open("127.0.10.1", 1)).as("from another network").isZero();
    }

    @Test
    void nobodyIsLetInWhoWouldWaitForLong() throws Exception {
        openings.limit("of the test", transport);
        assertThat(open("127.0.9.1", 2)).as("who are silent wait for nothing").isEqualTo(2);
        silent.get(0).getOutputStream().write('G');
        assertThat(open("127.0.10.1", 1)).as("one is in hand").isOne();
        silent.get(1).getOutputStream().write('G');
        await(() -> open("127.0.11.1", 1) == 0, "two are");
        assertThat(open("127.0.10.1", 1)).as("nor who may otherwise").isZero();
        answered.countDown();
        await(() -> open("127.0.12.1", 1) == 1, "none is");
    }

    @Test
    void norWhileTheApplicationOwesAnswers() throws Exception {
        openings.limit("of the test", transport);
        waiting.set(MOST_IN_HAND);
        assertThat(open("127.0.9.1", 1)).isZero();
        waiting.set(MOST_IN_HAND - 1);
        assertThat(open("127.0.9.1", 1)).isOne();
    }

    private static void await(Callable<Boolean> condition, String what) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.call()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}

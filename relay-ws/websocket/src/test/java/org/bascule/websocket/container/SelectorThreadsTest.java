package org.bascule.websocket.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.filterchain.TransportFilter;
import org.glassfish.grizzly.memory.Buffers;
import org.glassfish.grizzly.nio.NIOConnection;
import org.glassfish.grizzly.nio.transport.TCPNIOTransport;
import org.glassfish.grizzly.nio.transport.TCPNIOTransportBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SelectorThreadsTest {

    private static final int PIECE = 16 * 1_024;

    private final TCPNIOTransport transport =
            TCPNIOTransportBuilder.newInstance().setWriteBufferSize(128 * 1_024).build();
    private final CompletableFuture<NIOConnection> accepted = new CompletableFuture<>();
    private int port;

    @BeforeEach
    void start() throws IOException {
        transport.setProcessor(FilterChainBuilder.stateless()
                .add(new TransportFilter())
                .add(new BaseFilter() {
                    @Override
                    public NextAction handleAccept(FilterChainContext context) {
                        accepted.complete((NIOConnection) context.getConnection());
                        return context.getInvokeAction();
                    }
                })
                .build());
        port = ((InetSocketAddress) transport
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .getLocalAddress())
                .getPort();
        transport.start();
    }

    @AfterEach
    void stop() throws IOException {
        transport.shutdownNow();
    }

    /** However large the server's buffers are: thousands of such connections may have receivers that take nothing. */
    @Test
    void theContainerQueuesLittleForAConnectionThatIsPassedOn() throws Exception {
        try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), port)) {
            assertThat(silent.isConnected()).isTrue();
            NIOConnection connection = accepted.get(10, TimeUnit.SECONDS);
            new SelectorThreads().handle(connection, new Unmoved());
            byte[] piece = new byte[PIECE];
            while (connection.canWrite()) {
                connection.write(Buffers.wrap(transport.getMemoryManager(), piece));
            }
            assertThat(connection.getAsyncWriteQueue().spaceInBytes())
                    .isBetween(SelectorThreads.MOST_QUEUED, SelectorThreads.MOST_QUEUED + PIECE);
        }
    }
}

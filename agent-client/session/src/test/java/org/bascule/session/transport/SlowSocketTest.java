package org.bascule.session.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.bascule.session.transport.RelayTransport.RelayJoin;
import org.bascule.wire.SessionId;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.relay.RelayLimits;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.session.RelayAddress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A relay may answer what was sent before the socket says that it was sent: the thread that wrote it had to wait for its turn. */
@Timeout(60)
class SlowSocketTest {

    /** Takes one message at a time, as the platform's does, and says that it is sent when the test wants it. */
    private static final class SlowSocket implements WebSocket {
        final List<Object> sent = new ArrayList<>();
        private CompletableFuture<WebSocket> pending = CompletableFuture.completedFuture(this);

        private CompletableFuture<WebSocket> take(Object message) {
            if (!pending.isDone()) {
                return CompletableFuture.failedFuture(new IllegalStateException("Send pending"));
            }
            sent.add(message);
            pending = new CompletableFuture<>();
            return pending;
        }

        void isSent() {
            pending.complete(this);
        }

        @Override
        public CompletableFuture<WebSocket> sendText(CharSequence data, boolean last) {
            return take(data.toString());
        }

        @Override
        public CompletableFuture<WebSocket> sendBinary(ByteBuffer data, boolean last) {
            return take(data.remaining());
        }

        @Override
        public CompletableFuture<WebSocket> sendPing(ByteBuffer message) {
            return CompletableFuture.completedFuture(this);
        }

        @Override
        public CompletableFuture<WebSocket> sendPong(ByteBuffer message) {
            return CompletableFuture.completedFuture(this);
        }

        @Override
        public CompletableFuture<WebSocket> sendClose(int code, String reason) {
            return CompletableFuture.completedFuture(this);
        }

        @Override
        public void request(long n) {}

        @Override
        public String getSubprotocol() {
            return "";
        }

        @Override
        public boolean isOutputClosed() {
            return false;
        }

        @Override
        public boolean isInputClosed() {
            return false;
        }

        @Override
        public void abort() {}
    }

    private final SlowSocket socket = new SlowSocket();
    private final CompletableFuture<WebSocket.Listener> listening = new CompletableFuture<>();
    private CompletableFuture<RelayTransport> joining = new CompletableFuture<>();

    @BeforeEach
    void join() throws Exception {
        RelayJoin join = new RelayJoin(
                new RelayAddress(TestRelay.ID, "ws://127.0.0.1:1/relay"),
                SessionId.random(),
                RelayRole.CLIENT,
                "token",
                RelayProofKey.generate());
        joining = RelayTransport.connect(join.relay().endpoint(join.sid()), listener -> {
                    listening.complete(listener);
                    return CompletableFuture.completedFuture(socket);
                })
                .join(join, Duration.ofSeconds(30));
        listener().onOpen(socket);
    }

    private WebSocket.Listener listener() throws Exception {
        return listening.get(10, TimeUnit.SECONDS);
    }

    private RelayTransport paired() throws Exception {
        listener().onText(socket, RelayLimits.PAIRED, true);
        return joining.get(10, TimeUnit.SECONDS);
    }

    /** Whichever of token and proof the socket is still busy with. */
    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void whatFollowsWaitsUntilTheSocketIsReady(boolean tokenInTime, boolean proofInTime) throws Exception {
        if (tokenInTime) {
            socket.isSent();
        }
        listener().onBinary(socket, ByteBuffer.allocate(RelayLimits.NONCE), true);
        assertThat(socket.sent).hasSize(tokenInTime ? 2 : 1);
        if (proofInTime) {
            socket.isSent();
        }
        RelayTransport transport = paired();
        CompletableFuture<TransportEnd> end = new CompletableFuture<>();
        transport.start(new Transport.Receiver() {
            @Override
            public void message(byte[] buffer, int offset, int length) {}

            @Override
            public void closed(TransportEnd why) {
                end.complete(why);
            }
        });
        transport.send(new byte[7]);
        for (int i = 0; i < 3; i++) {
            socket.isSent();
        }
        assertThat(end).as("not lost").isNotDone();
        assertThat(socket.sent).containsExactly("token", 64, 7);
    }

    @Test
    void aSocketThatFailsWithTheTokenEndsTheJoining() {
        socket.pending.completeExceptionally(new java.io.IOException("broken"));
        assertThat(joining).isCompletedExceptionally();
    }
}

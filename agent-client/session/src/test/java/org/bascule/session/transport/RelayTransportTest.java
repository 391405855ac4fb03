package org.bascule.session.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bascule.session.network.Network;
import org.bascule.session.transport.RelayTransport.RelayJoin;
import org.bascule.wire.SessionId;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.relay.RelayLimits;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.session.RelayAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RelayTransportTest {

    private static final Duration WITHIN = Duration.ofSeconds(20);
    private static final Network NETWORK = Network.ofPlatform("test/1");

    private final SessionId sid = SessionId.random();

    @SuppressWarnings("NullAway.Init")
    private TestRelay relay;

    @BeforeEach
    void startRelay() throws Exception {
        relay = new TestRelay(sid);
    }

    @AfterEach
    void stopRelay() throws Exception {
        relay.close();
    }

    private static final class Inbox implements Transport.Receiver {
        final BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
        final CompletableFuture<TransportEnd> end = new CompletableFuture<>();

        @Override
        public void message(byte[] buffer, int offset, int length) {
            messages.add(Arrays.copyOfRange(buffer, offset, offset + length));
        }

        @Override
        public void closed(TransportEnd why) {
            assertThat(end.complete(why)).isTrue();
        }

        byte[] next() throws InterruptedException {
            byte[] message = messages.poll(20, TimeUnit.SECONDS);
            assertThat(message).as("a message").isNotNull();
            return message;
        }

        TransportEnd end() throws Exception {
            return end.get(20, TimeUnit.SECONDS);
        }
    }

    private CompletableFuture<RelayTransport> join(RelayRole role) {
        RelayProofKey key = RelayProofKey.generate();
        return join(role, key, key, WITHIN);
    }

    private CompletableFuture<RelayTransport> join(
            RelayRole role, RelayProofKey announced, RelayProofKey used, Duration within) {
        return RelayTransport.join(NETWORK, joining(role, announced, used), within);
    }

    private RelayJoin joining(RelayRole role, RelayProofKey announced, RelayProofKey used) {
        String token = role.text() + ":"
                + HexFormat.of().formatHex(announced.publicKey().point());
        return new RelayJoin(new RelayAddress(TestRelay.ID, relay.url()), sid, role, token, used);
    }

    @Test
    void knowsWhetherItWaitsForTheOtherEnd() throws Exception {
        URI endpoint = new RelayAddress(TestRelay.ID, relay.url()).endpoint(sid);
        RelayTransport first = RelayTransport.connect(NETWORK, endpoint, WITHIN);
        CompletableFuture<RelayTransport> joining = join(RelayRole.CLIENT, first);
        long deadline = System.nanoTime() + WITHIN.toNanos();
        while (!first.isWaiting()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(2);
        }
        join(RelayRole.DEVICE).get(20, TimeUnit.SECONDS);
        joining.get(20, TimeUnit.SECONDS);
        assertThat(first.isWaiting()).isFalse();
    }

    private CompletableFuture<RelayTransport> join(RelayRole role, RelayTransport early) {
        RelayProofKey key = RelayProofKey.generate();
        RelayJoin join = joining(role, key, key);
        return RelayTransport.connect(NETWORK, join, WITHIN, Optional.of(early)).join(join, WITHIN);
    }

    private record Pair(RelayTransport client, RelayTransport device, Inbox atClient, Inbox atDevice) {}

    /** The client's is connection 0 of the relay, the device's 1. */
    private Pair pair() throws Exception {
        CompletableFuture<RelayTransport> first = join(RelayRole.CLIENT);
        relay.awaitFirst();
        CompletableFuture<RelayTransport> second = join(RelayRole.DEVICE);
        Pair pair =
                new Pair(first.get(20, TimeUnit.SECONDS), second.get(20, TimeUnit.SECONDS), new Inbox(), new Inbox());
        pair.client.start(pair.atClient);
        pair.device.start(pair.atDevice);
        return pair;
    }

    private static TransportEnd failure(CompletableFuture<RelayTransport> join) {
        TransportEnd[] end = {null};
        assertThatThrownBy(() -> join.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(TransportException.class, e -> end[0] = e.end());
        return end[0];
    }

    @Test
    void joinsOverAConnectionThatWasMadeBefore() throws Exception {
        URI endpoint = new RelayAddress(TestRelay.ID, relay.url()).endpoint(sid);
        RelayTransport open = RelayTransport.connect(NETWORK, endpoint, WITHIN);
        relay.awaitConnections(1);
        RelayTransport connecting = RelayTransport.connect(NETWORK, endpoint, WITHIN);
        CompletableFuture<RelayTransport> client = join(RelayRole.CLIENT, open);
        CompletableFuture<RelayTransport> device = join(RelayRole.DEVICE, connecting);
        assertThat(client.get(20, TimeUnit.SECONDS)).isSameAs(open);
        assertThat(device.get(20, TimeUnit.SECONDS)).isSameAs(connecting);
        relay.awaitConnections(2);
    }

    @Test
    void anEarlyConnectionIsAwaitedForAsLongAsWhoJoinsOverItHas() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            RelayAddress address = new RelayAddress(TestRelay.ID, "ws://127.0.0.1:" + silent.getLocalPort());
            RelayTransport connecting = RelayTransport.connect(NETWORK, address.endpoint(sid), WITHIN);
            RelayJoin join = new RelayJoin(address, sid, RelayRole.CLIENT, "token", RelayProofKey.generate());
            RelayTransport taken =
                    RelayTransport.connect(NETWORK, join, Duration.ofMillis(50), Optional.of(connecting));
            assertThat(taken).isSameAs(connecting);
            assertThat(failure(taken.join(join, WITHIN)).detail()).isEqualTo("no connection to the relay in time");
        }
    }

    @Test
    void anEarlyConnectionThatLeadsElsewhereOrIsOverIsLeft() throws Exception {
        RelayTransport elsewhere =
                RelayTransport.connect(NETWORK, URI.create(relay.url() + "/v1/" + "0".repeat(32)), WITHIN);
        RelayTransport over =
                RelayTransport.connect(NETWORK, new RelayAddress(TestRelay.ID, relay.url()).endpoint(sid), WITHIN);
        over.abort();
        CompletableFuture<RelayTransport> client = join(RelayRole.CLIENT, elsewhere);
        CompletableFuture<RelayTransport> device = join(RelayRole.DEVICE, over);
        assertThat(client.get(20, TimeUnit.SECONDS)).isNotSameAs(elsewhere);
        assertThat(device.get(20, TimeUnit.SECONDS)).isNotSameAs(over);
    }

    @Test
    void messagesOfAllSizesArriveInOrder() throws Exception {
        Pair pair = pair();
        relay.fragmentBy(1_000);
        Random random = new Random(5);
        for (int size : new int[] {1, 2, 125, 126, 1_000, 1_001, 16_384, 65_535, RelayLimits.MAX_MESSAGE}) {
            byte[] message = new byte[size];
            random.nextBytes(message);
            pair.client.send(message);
            assertThat(pair.atDevice.next()).isEqualTo(message);
            pair.device.send(message);
            assertThat(pair.atClient.next()).isEqualTo(message);
        }
        pair.client.close();
    }

    @Test
    void manyMessagesAtOnceAreQueuedAndArrive() throws Exception {
        Pair pair = pair();
        for (int i = 0; i < 20_000; i++) {
            pair.client.send(new byte[] {(byte) i, (byte) (i >> 8), 0});
        }
        for (int i = 0; i < 20_000; i++) {
            assertThat(pair.atDevice.next()).containsExactly((byte) i, (byte) (i >> 8), 0);
        }
        pair.client.close();
    }

    @Test
    void nothingIsLostBeforeTheReceiverIsThere() throws Exception {
        CompletableFuture<RelayTransport> first = join(RelayRole.CLIENT);
        RelayTransport device = join(RelayRole.DEVICE).get(20, TimeUnit.SECONDS);
        RelayTransport client = first.get(20, TimeUnit.SECONDS);
        client.send(new byte[] {1});
        client.send(new byte[] {2});
        Inbox inbox = new Inbox();
        device.start(inbox);
        assertThat(inbox.next()).containsExactly(1);
        assertThat(inbox.next()).containsExactly(2);
    }

    @Test
    void closeComesAfterWhatWasSent() throws Exception {
        Pair pair = pair();
        for (int i = 0; i < 100; i++) {
            pair.client.send(new byte[50_000]);
        }
        pair.client.close();
        for (int i = 0; i < 100; i++) {
            assertThat(pair.atDevice.next()).hasSize(50_000);
        }
        assertThat(pair.atDevice.end().kind()).isEqualTo(TransportEnd.Kind.PEER_GONE);
        assertThat(pair.atClient.end().kind()).isIn(TransportEnd.Kind.CLOSED, TransportEnd.Kind.LOST);
    }

    @Test
    void closeCodesAreNamed() throws Exception {
        for (Map.Entry<Integer, TransportEnd.Kind> code : Map.of(
                        4001, TransportEnd.Kind.REFUSED,
                        4002, TransportEnd.Kind.PEER_GONE,
                        4003, TransportEnd.Kind.LIMIT,
                        4004, TransportEnd.Kind.DRAINING,
                        4005, TransportEnd.Kind.STALLED,
                        4006, TransportEnd.Kind.TIMEOUT,
                        1000, TransportEnd.Kind.CLOSED,
                        1011, TransportEnd.Kind.LOST)
                .entrySet()) {
            try (TestRelay own = new TestRelay(sid)) {
                relay = own;
                Pair pair = pair();
                own.connection(0).closeQuietly(code.getKey());
                assertThat(pair.atClient.end().kind()).as("%d", code.getKey()).isEqualTo(code.getValue());
            }
        }
    }

    /** Before it has asked for a proof a relay can only say that too many came at once. */
    @Test
    void aLimitBeforeTheProofIsACrowd() throws Exception {
        relay.refuse(4003);
        assertThat(failure(join(RelayRole.CLIENT)).kind()).isEqualTo(TransportEnd.Kind.CROWDED);
        relay.refuse(4004);
        assertThat(failure(join(RelayRole.CLIENT)).kind()).isEqualTo(TransportEnd.Kind.DRAINING);
    }

    @Test
    void cutConnectionIsLost() throws Exception {
        Pair pair = pair();
        relay.connection(0).cut();
        assertThat(pair.atClient.end().kind()).isEqualTo(TransportEnd.Kind.LOST);
        assertThat(pair.atDevice.end().kind()).isEqualTo(TransportEnd.Kind.PEER_GONE);
        pair.client.send(new byte[1]);
    }

    @Test
    void textMessageIsRefused() throws Exception {
        Pair pair = pair();
        relay.connection(0).text("hello");
        assertThat(pair.atClient.end().kind()).isEqualTo(TransportEnd.Kind.TEXT);
        assertThat(pair.atDevice.end().kind()).isEqualTo(TransportEnd.Kind.PEER_GONE);
    }

    @Test
    void oversizedMessageIsRefused() throws Exception {
        Pair pair = pair();
        relay.fragmentBy(4_000);
        relay.connection(0).binary(new byte[RelayLimits.MAX_MESSAGE + 1]);
        assertThat(pair.atClient.end().kind()).isEqualTo(TransportEnd.Kind.TOO_LARGE);
        assertThat(pair.atClient.messages).isEmpty();
    }

    @Test
    void wrongProofIsRefused() {
        CompletableFuture<RelayTransport> join =
                join(RelayRole.CLIENT, RelayProofKey.generate(), RelayProofKey.generate(), WITHIN);
        assertThat(failure(join).kind()).isEqualTo(TransportEnd.Kind.REFUSED);
    }

    @Test
    void unexpectedAnswersAreRefused() throws Exception {
        for (String word : new String[] {"welcome", "paired!", "x".repeat(1_000)}) {
            try (TestRelay own = new TestRelay(sid)) {
                relay = own;
                own.answer(word);
                assertThat(failure(join(RelayRole.CLIENT)).kind())
                        .as(word)
                        .isIn(TransportEnd.Kind.REFUSED, TransportEnd.Kind.TEXT);
            }
        }
    }

    @Test
    void missingPeerIsATimeout() {
        RelayProofKey key = RelayProofKey.generate();
        CompletableFuture<RelayTransport> join = join(RelayRole.CLIENT, key, key, Duration.ofMillis(300));
        assertThat(failure(join).kind()).isEqualTo(TransportEnd.Kind.TIMEOUT);
    }

    @Test
    void missingRelayIsLost() throws Exception {
        relay.close();
        assertThat(failure(join(RelayRole.CLIENT)).kind()).isEqualTo(TransportEnd.Kind.LOST);
    }

    /** A relay that takes nothing: what may be queued is bounded, and too much of it closes. */
    @Test
    void queueIsBounded() throws Exception {
        CompletableFuture<RelayTransport> first = join(RelayRole.CLIENT);
        RelayTransport device = join(RelayRole.DEVICE).get(20, TimeUnit.SECONDS);
        RelayTransport client = first.get(20, TimeUnit.SECONDS);
        Inbox inbox = new Inbox();
        client.start(inbox);
        // the device reads nothing, so the relay's thread blocks and the sockets fill up
        byte[] message = new byte[RelayLimits.MAX_MESSAGE];
        for (int i = 0; i < 2_000 && !inbox.end.isDone(); i++) {
            client.send(message);
        }
        assertThat(inbox.end().kind()).isEqualTo(TransportEnd.Kind.LIMIT);
        device.abort();
    }

    @Test
    void tokenDoesNotPrint() {
        RelayJoin join = new RelayJoin(
                new RelayAddress("r", "ws://localhost/relay"),
                sid,
                RelayRole.CLIENT,
                "secret",
                RelayProofKey.generate());
        assertThat(join.toString()).contains("REDACTED").doesNotContain("secret");
    }
}

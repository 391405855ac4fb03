package org.bascule.control.remote;

import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.bascule.control.FakeServer;
import org.bascule.session.handshake.DeviceHandshake;
import org.bascule.session.handshake.HeadSeen;
import org.bascule.session.network.Network;
import org.bascule.session.stream.ServiceHandler;
import org.bascule.session.stream.Session;
import org.bascule.session.stream.SessionConfig;
import org.bascule.session.stream.SessionListener;
import org.bascule.session.transport.RelayTransport;
import org.bascule.session.transport.RelayTransport.RelayJoin;
import org.bascule.session.transport.TestRelay;
import org.bascule.session.vectors.FixedInstallation;
import org.bascule.wire.Operations;
import org.bascule.wire.StrictJson;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.session.HandshakeAnswer;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.RelayAddress;
import org.bascule.wire.session.SessionOpened;

/** Access server, relay and agent for one session, with real handshake and records; what its streams do is the test's. */
final class FakeDevice implements AutoCloseable {

    final TestRelay relay;
    final CompletableFuture<Session> session = new CompletableFuture<>();
    volatile SessionOpened opened = FixedInstallation.opened();
    volatile boolean spoilAnswer;

    private final ServiceHandler services;

    FakeDevice(FakeServer server, ServiceHandler services) throws IOException {
        this(server, services, false);
    }

    /** State of the answer. */
    volatile String state = SessionOpened.READY;

    FakeDevice(FakeServer server, ServiceHandler services, boolean commentRequired) throws IOException {
        this.services = services;
        this.relay = new TestRelay(FixedInstallation.SID);
        server.on("POST /api/sessions", request -> {
            StrictJson asked = StrictJson.parse(request.body(), 4_096);
            return new FakeServer.Reply(
                    201,
                    granting(Operations.of(asked.strings("operations", 16, 128)))
                            .toJson());
        });
        server.on(
                "PUT /api/sessions/" + FixedInstallation.SID + "/handshake",
                request -> new FakeServer.Reply(
                        200,
                        answer(HandshakeRequest.parse(StrictJson.parse(request.body(), 64 * 1_024)))
                                .toJson()));
        server.on("POST /api/sessions/" + FixedInstallation.SID + "/end", 204, "");
        server.on("GET /api/domain/options", 200, "{\"commentRequired\":" + commentRequired + "}");
    }

    private SessionOpened granting(Operations operations) {
        SessionOpened base = opened;
        return new SessionOpened(
                base.sid(),
                base.issuer(),
                base.domain(),
                base.user(),
                base.device(),
                base.deviceName(),
                base.chain(),
                base.endorsement(),
                base.keySet(),
                base.root(),
                base.relays(),
                operations,
                state,
                base.continuity(),
                base.log());
    }

    private HandshakeAnswer answer(HandshakeRequest request) throws Exception {
        DeviceHandshake read =
                DeviceHandshake.read(FixedInstallation.prologue(), List.of(FixedInstallation.STATIC), request.m1());
        String ticket = FixedInstallation.ticket(request.m1()).sign(FixedInstallation.TICKET_KEY);
        DeviceHandshake.Answer answer = read.answer(ticket, read.requested(), HeadSeen.of(read.head()));
        RelayAddress address = new RelayAddress(TestRelay.ID, relay.url());
        RelayProofKey proof = RelayProofKey.generate();
        RelayTransport.join(
                        Network.ofPlatform("test/1"),
                        new RelayJoin(
                                address,
                                FixedInstallation.SID,
                                RelayRole.DEVICE,
                                token("device", proof.publicKey().point()),
                                proof),
                        Duration.ofSeconds(30))
                .thenAccept(transport -> session.complete(Session.device(
                        answer.keys(),
                        read.requested(),
                        transport,
                        services,
                        new SessionListener() {},
                        SessionConfig.DEFAULT)));
        byte[] m2 = answer.m2();
        if (spoilAnswer) {
            m2[m2.length - 1] ^= 1;
        }
        return new HandshakeAnswer(
                m2,
                ticket,
                address,
                token("client", request.relayKey().point()),
                FixedInstallation.NOW.plus(Duration.ofHours(12)));
    }

    private static String token(String role, byte[] point) {
        return role + ":" + HexFormat.of().formatHex(point);
    }

    @Override
    public void close() throws IOException {
        relay.close();
    }
}

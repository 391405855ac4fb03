package org.bascule.session.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.keys.RelayProofPublicKey;
import org.bascule.wire.relay.RelayToken;
import org.bascule.wire.session.SessionOpened;
import org.bascule.wire.ticket.Ticket;
import org.bascule.wire.trust.DeviceCertificates;
import org.bascule.wire.trust.Endorsement;
import org.bascule.wire.trust.KeySet;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WireVectorsTest {

    private static final DeviceIdentityPublicKey IDENTITY = identity();

    private static DeviceIdentityPublicKey identity() {
        try {
            return DeviceIdentityPublicKey.parse(FixedInstallation.IDENTITY.spki());
        } catch (WireException e) {
            throw new IllegalStateException(e);
        }
    }

    private interface Producer {
        JsonObject produce() throws Exception;
    }

    private static DynamicTest file(String name, Producer producer) {
        return DynamicTest.dynamicTest(name, () -> {
            JsonObject produced = producer.produce();
            assertThat(VectorFile.readOrWrite(name, produced)).isEqualTo(produced);
        });
    }

    @TestFactory
    Stream<DynamicTest> filesAreWhatTheCodeProduces() {
        return Stream.of(
                file("ticket.json", WireVectors::ticket),
                file("relay-proof.json", WireVectors::relayProof),
                file("control-transcript.json", WireVectors::controlTranscript),
                file("endorsement.json", WireVectors::endorsement),
                file("keyset.json", WireVectors::keySet),
                file("certificates.json", WireVectors::certificates),
                file("session-opened.json", WireVectors::opened));
    }

    private static KeySet keys() throws Exception {
        return KeySet.verify(WireVectors.keySet().getString("text"), FixedInstallation.ROOT.publicKey());
    }

    private static Stream<JsonObject> refused(JsonObject file) {
        return file.getJsonArray("refused").getValuesAs(JsonObject.class).stream();
    }

    private interface Check {
        void run(JsonObject bad) throws Exception;
    }

    private static Stream<DynamicTest> refuses(JsonObject file, Check check) {
        return refused(file)
                .map(bad ->
                        DynamicTest.dynamicTest(bad.getString("name"), () -> assertThatThrownBy(() -> check.run(bad))
                                .isInstanceOfSatisfying(WireException.class, e -> assertThat(bad.getString(
                                                "reason", e.reason().name()))
                                        .isEqualTo(e.reason().name()))));
    }

    @TestFactory
    Stream<DynamicTest> refusedTickets() throws Exception {
        KeySet keys = keys();
        return refuses(WireVectors.ticket(), bad -> Ticket.verify(bad.getString("text"), keys, FixedInstallation.NOW));
    }

    @TestFactory
    Stream<DynamicTest> refusedKeySets() {
        return refuses(
                WireVectors.keySet(), bad -> KeySet.verify(bad.getString("text"), FixedInstallation.ROOT.publicKey()));
    }

    @TestFactory
    Stream<DynamicTest> refusedEndorsements() {
        return refuses(
                WireVectors.endorsement(), bad -> Endorsement.parse(StrictJson.of(bad.getJsonObject("endorsement")))
                        .verify(
                                IDENTITY,
                                FixedInstallation.UID,
                                FixedInstallation.DOMAIN,
                                Instant.ofEpochSecond(bad.getJsonNumber("at").longValue())));
    }

    @TestFactory
    Stream<DynamicTest> refusedCertificates() throws Exception {
        KeySet keys = keys();
        return refuses(WireVectors.certificates(), bad -> verify(bad.getJsonArray("chain"), keys));
    }

    private static DeviceIdentityPublicKey verify(JsonArray chain, KeySet keys) throws WireException {
        List<String> texts = chain.getValuesAs(JsonString.class).stream()
                .map(JsonString::getString)
                .toList();
        return DeviceCertificates.verify(
                DeviceCertificates.parseChain(texts),
                keys,
                FixedInstallation.DOMAIN,
                FixedInstallation.UID,
                FixedInstallation.NOW);
    }

    @Test
    void goodOnesVerify() throws Exception {
        KeySet keys = keys();
        Ticket ticket = Ticket.verify(WireVectors.ticket().getString("text"), keys, FixedInstallation.NOW);
        assertThat(ticket.sid()).isEqualTo(FixedInstallation.SID);
        assertThat(verify(WireVectors.certificates().getJsonArray("chain"), keys))
                .isEqualTo(IDENTITY);
        FixedInstallation.endorsement(7)
                .verify(IDENTITY, FixedInstallation.UID, FixedInstallation.DOMAIN, FixedInstallation.NOW);
        assertThat(WireVectors.endorsement().getString("fingerprint")).isEqualTo(IDENTITY.fingerprint());
        assertThat(SessionOpened.parse(FixedInstallation.opened().toJson())
                        .endorsement()
                        .counter())
                .isEqualTo(7);
    }

    @Test
    void relayProofsVerify() throws Exception {
        KeySet keys = keys();
        JsonObject file = WireVectors.relayProof();
        RelayProofPublicKey key = RelayProofPublicKey.parse(bytes(file, "point"));
        for (JsonObject proof : file.getJsonArray("proofs").getValuesAs(JsonObject.class)) {
            key.verify(bytes(proof, "signed"), bytes(proof, "signature"));
            RelayToken token = RelayToken.verify(proof.getString("token"), keys, FixedInstallation.NOW);
            assertThat(token.cnf()).isEqualTo(key);
            assertThat(token.role().text()).isEqualTo(proof.getString("role"));
        }
    }

    @Test
    void controlTranscriptsVerify() throws Exception {
        JsonObject file = WireVectors.controlTranscript();
        IDENTITY.verify(WireVectors.transcript().forAgent(), bytes(file, "agentSignature"));
        keys().controlKey(file.getString("serverKid"), FixedInstallation.NOW)
                .verify(WireVectors.transcript().forServer(FixedInstallation.NOW), bytes(file, "serverSignature"));
    }

    private static byte[] bytes(JsonObject json, String name) {
        return HexFormat.of().parseHex(json.getString(name));
    }
}

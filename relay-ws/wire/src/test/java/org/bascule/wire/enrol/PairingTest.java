package org.bascule.wire.enrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.keys.RootSigningKey;
import org.junit.jupiter.api.Test;

class PairingTest {

    private static final byte[] ROOT = new byte[32];

    private static HardwareId machine(String system, String board, String... nics) {
        return new HardwareId(
                Optional.of(system).filter(s -> !s.isEmpty()).map(s -> HardwareId.Kind.SYSTEM.hash(ROOT, s)),
                Optional.of(board).filter(s -> !s.isEmpty()).map(s -> HardwareId.Kind.BOARD.hash(ROOT, s)),
                List.of(nics).stream()
                        .map(s -> HardwareId.Kind.NIC.hash(ROOT, s))
                        .toList());
    }

    @Test
    void codeIsReadAsItIsTyped() {
        for (String typed : List.of("K7QF-2MXD", "k7qf2mxd", " K7QF 2MXD ", "K7-QF-2M-XD")) {
            assertThat(PairingCode.typed(typed))
                    .get()
                    .extracting(PairingCode::shown)
                    .isEqualTo("K7QF-2MXD");
        }
        for (String typed : List.of("", "K7QF-2MX", "K7QF-2MXDD", "K7QF-2MX0", "K7QF-2MXO", "x".repeat(1000))) {
            assertThat(PairingCode.typed(typed)).as(typed).isEmpty();
        }
    }

    @Test
    void codesAreSpreadOverTheirAlphabet() {
        Set<Character> seen = new HashSet<>();
        Set<String> codes = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            String code = PairingCode.random().text();
            codes.add(code);
            code.chars().forEach(c -> seen.add((char) c));
        }
        assertThat(codes).hasSize(1_000);
        assertThat(seen).hasSize(30).doesNotContain('0', 'O', '1', 'I', 'L', 'U');
    }

    @Test
    void messagesComeBackAsTheyWereWritten() throws WireException {
        PairingRequest request =
                new PairingRequest(new byte[9], "n", "os", "v", machine("a", "", "b"), Optional.of("demo"));
        assertThat(PairingRequest.parse(StrictJson.parse(request.toJson(), 10_000)))
                .usingRecursiveComparison()
                .isEqualTo(request);
        PairingOpened opened = new PairingOpened(
                "id",
                PairingCode.random(),
                new byte[32],
                Instant.parse("2026-01-01T00:00:00Z"),
                3,
                RootSigningKey.generate().publicKey());
        assertThat(PairingOpened.parse(opened.toJson()).toJson()).isEqualTo(opened.toJson());
        assertThat(PairingState.parse(PairingState.of("waiting").toJson())).isEqualTo(PairingState.of("waiting"));
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(() -> PairingOpened.parse(opened.toJson().replace("2026-", "x")));
    }

    @Test
    void proofAndNoticeHoldForTheirKeyAndWordsAlone() throws WireException {
        DeviceIdentityKey key = DeviceIdentityKey.generate();
        byte[] nonce = new byte[32];
        PairingProof proof = PairingProof.sign(key, "id", nonce, ROOT);
        PairingProof.parse(StrictJson.parse(proof.toJson(), 1_000)).verify(key.publicKey(), "id", nonce);
        byte[] other = {1};
        byte[] otherNonce = java.util.Arrays.copyOf(other, 32);
        assertThatExceptionOfType(WireException.class).isThrownBy(() -> proof.verify(key.publicKey(), "i", nonce));
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(() -> proof.verify(key.publicKey(), "id", otherNonce));
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(() -> new PairingProof(otherNonce, proof.signature()).verify(key.publicKey(), "id", nonce));
        Instant now = Instant.ofEpochSecond(1_700_000_000);
        ResetNotice notice = ResetNotice.sign(key, "uid", "domain", now.plusMillis(5));
        ResetNotice.parse(StrictJson.parse(notice.toJson(), 1_000)).verify(key.publicKey(), "domain");
        assertThatExceptionOfType(WireException.class).isThrownBy(() -> notice.verify(key.publicKey(), "other"));
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(() -> new ResetNotice("uid", now.plusSeconds(1), notice.signature())
                        .verify(key.publicKey(), "domain"));
    }

    @Test
    void firstKindThatBothKnowDecidesWhetherItIsTheSameMachine() {
        HardwareId machine = machine("s", "b", "n1", "n2");
        assertThat(machine.isSameAs(machine)).contains(true);
        assertThat(machine.isSameAs(machine("s", "other", "other"))).contains(true);
        assertThat(machine.isSameAs(machine("other", "b", "n1"))).contains(false);
        assertThat(machine.isSameAs(machine("", "b", "other"))).contains(true);
        assertThat(machine.isSameAs(machine("", "other", "n1"))).contains(false);
        assertThat(machine.isSameAs(machine("", "", "n2", "n3"))).contains(true);
        assertThat(machine.isSameAs(machine("", "", "n3"))).contains(false);
        assertThat(machine("s", "").isSameAs(machine("", "", "n1"))).isEmpty();
        assertThat(machine.isSameAs(HardwareId.NONE)).isEmpty();
        assertThat(machine.proves(machine("s", ""))).isTrue();
        assertThat(machine("s", "other", "other").proves(machine)).isTrue();
        assertThat(machine("", "b", "n1", "n2").proves(machine)).isFalse();
        assertThat(machine("other", "b", "n1", "n2").proves(machine)).isFalse();
        assertThat(machine("", "b").proves(machine("", "b", "n1"))).isTrue();
        assertThat(machine("s", "", "n1").proves(machine("", "b", "n1"))).isFalse();
        assertThat(machine.proves(machine("", "", "n2", "n3"))).isTrue();
        assertThat(machine.proves(HardwareId.NONE)).isFalse();
        assertThat(HardwareId.NONE.proves(machine)).isFalse();
        assertThat(machine.toJson().toString()).doesNotContain("\"s\"").doesNotContain("\"n1\"");
    }

    @Test
    void hardwareIsHashedForOneInstallationAndKind() {
        byte[] otherRoot = new byte[32];
        otherRoot[0] = 1;
        Set<String> hashes = Set.of(
                HardwareId.Kind.SYSTEM.hash(ROOT, "1"),
                HardwareId.Kind.BOARD.hash(ROOT, "1"),
                HardwareId.Kind.SYSTEM.hash(otherRoot, "1"),
                HardwareId.Kind.SYSTEM.hash(ROOT, "2"));
        assertThat(hashes).hasSize(4);
    }

    @Test
    void malformedHardwareIsRefused() {
        for (String json :
                List.of("{\"system\":\"short\"}", "{\"nics\":[\"AA\"]}", "{\"nics\":\"x\"}", "{\"board\":7}")) {
            assertThatExceptionOfType(WireException.class)
                    .as(json)
                    .isThrownBy(() -> HardwareId.parse(StrictJson.parse(json, 1_000)));
        }
    }
}

package org.bascule.wire.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bascule.wire.Bytes;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.LogSigningKey;
import org.bascule.wire.keys.RootSigningKey;
import org.bascule.wire.trust.KeySet;
import org.bascule.wire.trust.TestCa;
import org.junit.jupiter.api.Test;

class LogEntryTest {

    private static final String ID = "01900000-0000-7000-8000-000000000001";
    private static final String DOMAIN = "01900000-0000-7000-8000-0000000000d0";
    private static final Instant TIME = Instant.parse("2026-01-31T12:00:00.123456Z");
    private static final byte[] SALT = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");

    private static LogEntry.Audit audit(String userName, String detail) {
        return new LogEntry.Audit(
                ID, DOMAIN, TIME, "login", "denied", SALT, null, userName, null, null, "192.0.2.7", null, detail, null);
    }

    @Test
    void layoutOfARecord() {
        String hex = HexFormat.of().formatHex(audit("anna", "no").leaf());
        assertThat(hex)
                .isEqualTo("01" + "0024" + HexFormat.of().formatHex(ID.getBytes(StandardCharsets.US_ASCII))
                        + "0024" + HexFormat.of().formatHex(DOMAIN.getBytes(StandardCharsets.US_ASCII))
                        + "000649add44b1240" + "00056c6f67696e" + "000664656e696564"
                        + "7b88eecc988d7c9d8759b104ddb59783909cba7ffcea884adc14129d60651422");
    }

    @Test
    void everyMemberChangesTheLeaf() {
        Set<String> leaves = new HashSet<>();
        byte[] otherSalt = new byte[16];
        List<LogEntry.Audit> all = List.of(
                audit("anna", "no"),
                audit("anna", ""),
                audit("annano", ""),
                new LogEntry.Audit(
                        ID,
                        DOMAIN,
                        TIME,
                        "login",
                        "denied",
                        SALT,
                        "anna",
                        null,
                        null,
                        null,
                        "192.0.2.7",
                        null,
                        "no",
                        null),
                new LogEntry.Audit(
                        ID,
                        DOMAIN,
                        TIME,
                        "login",
                        "denied",
                        SALT,
                        null,
                        "anna",
                        null,
                        null,
                        "192.0.2.7",
                        "no",
                        null,
                        null),
                new LogEntry.Audit(
                        ID,
                        DOMAIN,
                        TIME,
                        "login",
                        "denied",
                        SALT,
                        null,
                        "anna",
                        null,
                        null,
                        "192.0.2.7",
                        null,
                        null,
                        "no"),
                new LogEntry.Audit(
                        ID,
                        DOMAIN,
                        TIME,
                        "login",
                        "denied",
                        otherSalt,
                        null,
                        "anna",
                        null,
                        null,
                        "192.0.2.7",
                        null,
                        "no",
                        null),
                new LogEntry.Audit(
                        ID,
                        DOMAIN,
                        TIME.plusNanos(1_000),
                        "login",
                        "denied",
                        SALT,
                        null,
                        "anna",
                        null,
                        null,
                        "192.0.2.7",
                        null,
                        "no",
                        null),
                new LogEntry.Audit(
                        ID,
                        DOMAIN,
                        TIME,
                        "login",
                        "failed",
                        SALT,
                        null,
                        "anna",
                        null,
                        null,
                        "192.0.2.7",
                        null,
                        "no",
                        null),
                new LogEntry.Audit(
                        ID,
                        DOMAIN,
                        TIME,
                        "logout",
                        "denied",
                        SALT,
                        null,
                        "anna",
                        null,
                        null,
                        "192.0.2.7",
                        null,
                        "no",
                        null));
        all.forEach(entry -> leaves.add(HexFormat.of().formatHex(entry.leaf())));
        assertThat(leaves).hasSize(all.size());
    }

    @Test
    void leafShowsNobody() {
        String leaf = new String(audit("anna", "in person").leaf(), StandardCharsets.ISO_8859_1);
        assertThat(leaf)
                .contains("login")
                .doesNotContain("anna")
                .doesNotContain("192.0.2.7")
                .doesNotContain("person");
    }

    @Test
    void jsonFormKeepsEveryByte() throws WireException {
        LogEntry.Audit hostile = audit("<\u0000\u202E\"\\😀", "a\r\nb\t");
        LogEntry.Audit again =
                LogEntry.Audit.parse(StrictJson.parse(hostile.toJson().toString(), 10_000));
        assertThat(again.leaf()).isEqualTo(hostile.leaf());
        LogEntry.Certificate certificate = new LogEntry.Certificate(DOMAIN, ID, new byte[] {1, 2, 3});
        assertThat(LogEntry.Certificate.parse(StrictJson.of(certificate.toJson())))
                .isEqualTo(certificate);
    }

    @Test
    void headIsBelievedOnlyIfALogKeyOfTheKeySetSignedItInItsTime() throws Exception {
        LogSigningKey key = LogSigningKey.generate();
        RootSigningKey root = RootSigningKey.generate();
        KeySet keys = keySet(root, key);
        TreeHead head = TreeHead.sign(DOMAIN, 3, new byte[32], TIME, key);
        assertThatCode(() -> head.verify(keys)).doesNotThrowAnyException();
        TreeHead again = TreeHead.parse(StrictJson.of(head.toJson()));
        assertThat(again).isEqualTo(head);
        byte[] otherRoot = new byte[32];
        otherRoot[31] = 1;
        byte[] otherSignature = head.signature();
        otherSignature[0] ^= 1;
        for (TreeHead wrong : List.of(
                new TreeHead(ID, 3, head.root(), head.time(), head.kid(), head.signature()),
                new TreeHead(DOMAIN, 4, head.root(), head.time(), head.kid(), head.signature()),
                new TreeHead(DOMAIN, 3, otherRoot, head.time(), head.kid(), head.signature()),
                new TreeHead(DOMAIN, 3, head.root(), head.time().plusMillis(1), head.kid(), head.signature()),
                new TreeHead(DOMAIN, 3, head.root(), head.time(), head.kid(), otherSignature),
                TreeHead.sign(DOMAIN, 3, head.root(), TIME, LogSigningKey.generate()),
                TreeHead.sign(DOMAIN, 3, head.root(), TIME.plus(Duration.ofDays(3)), key))) {
            assertThatExceptionOfType(WireException.class)
                    .isThrownBy(() -> wrong.verify(keys))
                    .matches(e -> e.reason() == WireException.Reason.BAD_SIGNATURE);
        }
    }

    private static KeySet keySet(RootSigningKey root, LogSigningKey key) throws Exception {
        return new KeySet(
                "https://bascule.example",
                root.publicKey(),
                1,
                List.of(new KeySet.Entry(
                        KeySet.Role.LOG,
                        key.publicKey().raw(),
                        TIME.minus(Duration.ofDays(1)),
                        TIME.plus(Duration.ofDays(1)))),
                List.of(TestCa.certificate()));
    }

    @Test
    void aHeadInBinaryFormComesBack() throws WireException {
        TreeHead head = TreeHead.sign(DOMAIN, 3, Merkle.emptyRoot(), TIME, LogSigningKey.generate());
        byte[] bytes = head.bytes();
        assertThat(TreeHead.parse(DOMAIN, bytes)).isEqualTo(head);
        byte[] tooLarge = bytes.clone();
        tooLarge[0] = 1;
        byte[] negative = bytes.clone();
        negative[0] = (byte) 0xff;
        byte[] noKid = Bytes.writer()
                .bytes(Arrays.copyOf(bytes, 48))
                .lp("")
                .bytes(head.signature())
                .toByteArray();
        for (byte[] bad : List.of(
                new byte[0],
                Arrays.copyOf(bytes, bytes.length - 1),
                Arrays.copyOf(bytes, bytes.length + 1),
                tooLarge,
                negative,
                noKid)) {
            assertThatExceptionOfType(WireException.class).isThrownBy(() -> TreeHead.parse(DOMAIN, bad));
        }
    }

    @Test
    void proofsOfASession() throws WireException {
        TreeHead head = TreeHead.sign(DOMAIN, 3, new byte[32], TIME, LogSigningKey.generate());
        LogProofs proofs = new LogProofs(
                head, 1, List.of(new byte[32]), Optional.of(new LogProofs.Consistency(2, List.of(new byte[32]))));
        LogProofs again = LogProofs.parse(StrictJson.of(proofs.toJson()));
        assertThat(again.head()).isEqualTo(head);
        assertThat(again.toJson()).isEqualTo(proofs.toJson());
    }
}

package org.bascule.domain.pki;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.pki.InstallationKeys.Accepted;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.keys.RootPublicKey;
import org.bascule.wire.keys.RootSigningKey;
import org.junit.jupiter.api.Test;

/** What the log says of the keys of the installation. */
class InstallationKeysTest {

    private final TestDomain first = new TestDomain().started();
    private final Sample operators = new Sample(first);
    private final TestDomain domain = first.operatedBy(operators.name).started();
    private final InstallationKeys keys = domain.get(InstallationKeys.class);

    /** Without that of the start of this node, which took over a key set that the one before had not read yet. */
    private List<AuditEntry> recorded() {
        List<AuditEntry> rows = operators.audited("installation.key-set");
        return rows.subList(0, rows.size() - 1);
    }

    @Test
    void onlyAKeySetThatIsNewIsRecorded() {
        Accepted before = keys.accepted();
        byte[] root = before.root().orElseThrow();
        assertThat(recorded()).isEmpty();
        domain.transactions.run(() -> keys.accept(root, before.seq()));
        domain.transactions.run(() -> keys.accept(root, before.seq() + 1));
        domain.transactions.run(() -> keys.accept(root, before.seq() + 1));
        assertThat(recorded()).singleElement().satisfies(row -> {
            assertThat(row.code()).isEqualTo("installation.key-set");
            assertThat(row.outcome()).isEqualTo("success");
            assertThat(row.userId()).isNull();
            assertThat(row.changes())
                    .isEqualTo("{\"keySet\":{\"before\":\"%d\",\"after\":\"%d\"}}"
                            .formatted(before.seq(), before.seq() + 1));
        });
    }

    @Test
    void anotherRootIsRecordedByItsHash() throws Exception {
        Accepted before = keys.accepted();
        byte[] root = before.root().orElseThrow();
        RootPublicKey other = RootSigningKey.generate().publicKey();
        domain.transactions.run(() -> keys.accept(other.raw(), before.seq()));
        domain.transactions.run(() -> keys.accept(root, before.seq()));
        assertThat(recorded()).hasSize(2).last().satisfies(row -> assertThat(row.changes())
                .isEqualTo("{\"fingerprint\":{\"before\":\"%s\",\"after\":\"%s\"}}"
                        .formatted(new RootPublicKey(root).kid(), other.kid())));
    }
}

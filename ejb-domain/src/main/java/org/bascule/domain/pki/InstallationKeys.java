package org.bascule.domain.pki;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.acl.Operators;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.database.Sql;
import org.bascule.wire.B64;
import org.bascule.wire.Sha256;
import org.bascule.wire.keys.ControlSigningKey;
import org.bascule.wire.keys.Ed25519SigningKey;
import org.bascule.wire.keys.LogSigningKey;
import org.bascule.wire.keys.RelayTokenSigningKey;
import org.bascule.wire.keys.RootPublicKey;
import org.bascule.wire.keys.TicketSigningKey;
import org.bascule.wire.trust.KeySet;

/** Makes the keys of the installation at its first start and stores them wrapped. */
@Stateless
public class InstallationKeys {

    static final String CA = "ca";

    /** Until roll-over replaces them. */
    private static final Duration VALID = Duration.ofDays(5 * 365);

    @Inject
    Sql sql;

    @Inject
    Settings settings;

    @Inject
    Operators operators;

    @Inject
    AuditLog audit;

    @Inject
    Clock clock;

    /** All keys, made and stored where there are none; two servers that start together take turns. */
    public LoadedKeys loadOrCreate(MasterKey master) {
        sql.acrossDomains()
                .statement("select id from installation where id = 1 for update")
                .number();
        List<StoredKey> stored = stored();
        if (stored.isEmpty()) {
            create(master);
            stored = stored();
        }
        return LoadedKeys.unwrap(master, stored);
    }

    private List<StoredKey> stored() {
        return sql.acrossDomains()
                .statement("select kid, role, public_key, wrapped_key, not_before, not_after from installation_key"
                        + " order by created, kid")
                .list(row -> new StoredKey(
                        row.text(1), row.text(2), row.bytes(3), row.bytes(4), row.instant(5), row.instant(6)));
    }

    private void create(MasterKey master) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        store(master, KeySet.Role.TICKET, TicketSigningKey.generate(), now);
        store(master, KeySet.Role.CONTROL, ControlSigningKey.generate(), now);
        store(master, KeySet.Role.LOG, LogSigningKey.generate(), now);
        store(master, KeySet.Role.RELAY_TOKEN, RelayTokenSigningKey.generate(), now);
        KeyPair ca = Certificates.generateKey();
        X509Certificate certificate = Certificates.installationCa(ca, settings.publicUrl(), now);
        byte[] der = Certificates.encoded(certificate);
        insert(
                master,
                B64.encode(Sha256.of(der)),
                CA,
                der,
                ca.getPrivate().getEncoded(),
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant());
    }

    private void store(MasterKey master, KeySet.Role role, Ed25519SigningKey<?> key, Instant now) {
        byte[] raw = key.publicKey().raw();
        insert(
                master,
                key.publicKey().kid(),
                role.text(),
                raw,
                key.revealEncoded(),
                now.minus(Duration.ofMinutes(5)),
                now.plus(VALID));
    }

    private void insert(
            MasterKey master, String kid, String role, byte[] publicKey, byte[] secret, Instant from, Instant to) {
        sql.acrossDomains()
                .statement(
                        """
                        insert into installation_key (kid, role, public_key, wrapped_key, not_before, not_after, created)
                        values (:kid, :role, :public, :wrapped, :from, :to, :now)""")
                .set("kid", kid)
                .set("role", role)
                .set("public", publicKey)
                .set("wrapped", master.wrap(role, kid, secret))
                .set("from", from)
                .set("to", to)
                .set("now", clock.instant())
                .update();
    }

    /** What was accepted so far: the root's public key and the highest number of a key set. */
    public Accepted accepted() {
        return accepted("");
    }

    private Accepted accepted(String locking) {
        return sql.acrossDomains()
                .statement("select root_key, key_set_seq from installation where id = 1" + locking)
                .first(row -> new Accepted(Optional.ofNullable(row.bytesOrNull(1)), row.number(2)))
                .orElseThrow();
    }

    /** Remembers what was accepted; the number never goes down. What is new is recorded. */
    public void accept(byte[] root, long seq) {
        Accepted before = accepted(" for update");
        sql.acrossDomains()
                .statement(
                        "update installation set root_key = :root, key_set_seq = greatest(key_set_seq, :seq) where id = 1")
                .set("root", root)
                .set("seq", seq)
                .update();
        Changes changes = Changes.none()
                .field("keySet", before.root().isEmpty() ? null : before.seq(), Math.max(before.seq(), seq))
                .field("fingerprint", before.root().map(InstallationKeys::hash).orElse(null), hash(root));
        if (!changes.isEmpty()) {
            // none before the first domain is made, nor while none is the operator's: the server's log has it then
            operators
                    .domain()
                    .ifPresent(domain -> audit.record(
                            AuditEvent.of(domain, Actor.SERVER, Operation.KEY_SET_ACCEPTED, Outcome.SUCCESS)
                                    .changing(changes)));
        }
    }

    private static String hash(byte[] root) {
        return new RootPublicKey(root).kid();
    }

    /** The newest accepted root and number. */
    public record Accepted(Optional<byte[]> root, long seq) {}

    /** A row of the key table. */
    record StoredKey(String kid, String role, byte[] publicKey, byte[] wrapped, Instant notBefore, Instant notAfter) {

        Optional<KeySet.Entry> entry() {
            for (KeySet.Role known : KeySet.Role.values()) {
                if (known.text().equals(role)) {
                    return Optional.of(new KeySet.Entry(known, publicKey, notBefore, notAfter));
                }
            }
            return Optional.empty();
        }
    }

    static List<KeySet.Entry> entries(List<StoredKey> stored) {
        List<KeySet.Entry> entries = new ArrayList<>();
        stored.forEach(key -> key.entry().ifPresent(entries::add));
        return entries;
    }
}

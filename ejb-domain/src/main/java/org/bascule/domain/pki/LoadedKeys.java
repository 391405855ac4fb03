package org.bascule.domain.pki;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Function;
import org.bascule.wire.keys.ControlSigningKey;
import org.bascule.wire.keys.LogSigningKey;
import org.bascule.wire.keys.RelayTokenSigningKey;
import org.bascule.wire.keys.TicketSigningKey;
import org.bascule.wire.trust.KeySet;

/** The installation's keys, unwrapped, in memory. Prints nothing of them. */
public final class LoadedKeys {

    private final MasterKey master;
    private final TicketSigningKey ticket;
    private final ControlSigningKey control;
    private final LogSigningKey log;
    private final RelayTokenSigningKey relayToken;
    private final X509Certificate ca;
    private final PrivateKey caKey;
    private final List<KeySet.Entry> entries;

    private LoadedKeys(MasterKey master, List<InstallationKeys.StoredKey> stored) {
        this.master = master;
        ticket = newest(master, stored, KeySet.Role.TICKET, TicketSigningKey::new);
        control = newest(master, stored, KeySet.Role.CONTROL, ControlSigningKey::new);
        log = newest(master, stored, KeySet.Role.LOG, LogSigningKey::new);
        relayToken = newest(master, stored, KeySet.Role.RELAY_TOKEN, RelayTokenSigningKey::new);
        InstallationKeys.StoredKey storedCa = newest(stored, InstallationKeys.CA);
        ca = Certificates.parse(storedCa.publicKey());
        caKey = Certificates.privateKey(master.unwrap(InstallationKeys.CA, storedCa.kid(), storedCa.wrapped()));
        entries = InstallationKeys.entries(stored);
    }

    static LoadedKeys unwrap(MasterKey master, List<InstallationKeys.StoredKey> stored) {
        return new LoadedKeys(master, stored);
    }

    private static <K> K newest(
            MasterKey master, List<InstallationKeys.StoredKey> stored, KeySet.Role role, Function<byte[], K> reader) {
        InstallationKeys.StoredKey key = newest(stored, role.text());
        return reader.apply(master.unwrap(role.text(), key.kid(), key.wrapped()));
    }

    private static InstallationKeys.StoredKey newest(List<InstallationKeys.StoredKey> stored, String role) {
        return stored.stream()
                .filter(key -> key.role().equals(role))
                .reduce((older, newer) -> newer)
                .orElseThrow(() -> new IllegalStateException("the installation has no " + role + " key"));
    }

    MasterKey master() {
        return master;
    }

    TicketSigningKey ticket() {
        return ticket;
    }

    ControlSigningKey control() {
        return control;
    }

    LogSigningKey log() {
        return log;
    }

    RelayTokenSigningKey relayToken() {
        return relayToken;
    }

    X509Certificate ca() {
        return ca;
    }

    PrivateKey caKey() {
        return caKey;
    }

    List<KeySet.Entry> entries() {
        return entries;
    }

    @Override
    public String toString() {
        return "LoadedKeys[REDACTED]";
    }
}

package org.bascule.domain.relay;

import org.bascule.domain.pki.Installation;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RelayIdentityKey;
import org.bascule.wire.registry.HeartbeatAnswer;
import org.bascule.wire.registry.RelayDescription;
import org.bascule.wire.registry.RelayHeartbeat;
import org.bascule.wire.registry.RelayLoad;

/** A relay that sends heartbeats to a {@link TestDomain}. */
public final class TestRelayHost {

    public static final String ADDRESS = "198.51.100.7";

    private final TestDomain domain;
    private final RelayIdentityKey key = RelayIdentityKey.generate();
    private final String id;
    public String url;
    public String nativeUrl;
    public String region = "eu";
    public String address = ADDRESS;
    public RelayLoad load = new RelayLoad(100, 0, 0, 0, false);
    private long number;

    public TestRelayHost(TestDomain domain, String id) {
        this.domain = domain;
        this.id = id;
        this.url = "wss://" + id + ".example/relay";
        this.nativeUrl = url + "/native";
        this.number = domain.clock.millis();
    }

    public String signed() throws RefusedException {
        return new RelayHeartbeat(
                        domain.get(Installation.class)
                                .requireKeySet()
                                .keys()
                                .root()
                                .hash(),
                        domain.clock.instant(),
                        ++number,
                        key.publicKey(),
                        new RelayDescription(id, "Relay " + id, region, url, nativeUrl, "1"),
                        load)
                .sign(key);
    }

    public RelayIdentityKey key() {
        return key;
    }

    public HeartbeatAnswer beat() throws RefusedException, WireException {
        return send(signed());
    }

    public HeartbeatAnswer send(String signed) throws RefusedException, WireException {
        try {
            return domain.transactions.inNew(
                    () -> domain.get(RelayRegistrations.class).heartbeat(signed, address));
        } catch (RefusedException | WireException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Approved by whoever may do that. */
    public TestRelayHost approved() throws Exception {
        beat();
        domain.transactions.run(() -> domain.get(RelayStore.class).decide(id, HeartbeatAnswer.State.APPROVED));
        domain.get(RelayDirectory.class).forget();
        return this;
    }
}

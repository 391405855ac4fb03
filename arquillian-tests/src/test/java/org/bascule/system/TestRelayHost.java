package org.bascule.system;

import jakarta.json.JsonObject;
import java.time.Instant;
import java.util.Optional;
import org.bascule.wire.B64;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RelayIdentityKey;
import org.bascule.wire.keys.RootPublicKey;
import org.bascule.wire.registry.RelayDescription;
import org.bascule.wire.registry.RelayHeartbeat;
import org.bascule.wire.registry.RelayLoad;
import org.bascule.wire.words.FingerprintWords;

/** What a relay tells the running system of itself; there is no relay behind it. */
final class TestRelayHost {

    static final String URL = "wss://relay.invalid:8443/relay";

    private final RelayIdentityKey key = RelayIdentityKey.generate();
    private final Api anybody;
    private final String id;
    private final byte[] rootHash;
    private long number = System.currentTimeMillis();

    TestRelayHost(String url, String id) {
        this.anybody = new Api(url, Optional.empty());
        this.id = id;
        try {
            this.rootHash = RootPublicKey.parse(
                            B64.decode(anybody.getJson("/api/installation").getString("root")))
                    .hash();
        } catch (WireException e) {
            throw new IllegalStateException(e);
        }
    }

    String words() {
        return FingerprintWords.text(key.publicKey().hash());
    }

    /** Sends a heartbeat and returns the answer. */
    JsonObject beat() {
        RelayHeartbeat heartbeat = new RelayHeartbeat(
                rootHash,
                Instant.now(),
                ++number,
                key.publicKey(),
                new RelayDescription(id, id, "nowhere", URL, URL, "test"),
                new RelayLoad(10, 0, 0, 0, false));
        return Api.json(Api.expect(
                200, anybody.post("/api/relays/heartbeat", WalkThings.body("heartbeat", heartbeat.sign(key)))));
    }
}

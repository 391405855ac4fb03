package org.bascule.wire.session;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import java.util.ArrayList;
import java.util.List;
import org.bascule.wire.B64;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RootPublicKey;
import org.bascule.wire.trust.Endorsement;
import org.bascule.wire.trust.KeySet;

/**
 * Answer of {@code POST /api/sessions}: everything that a client needs for its checks and for {@code m1}. Nothing in it is believed before those checks.
 *
 * @param chain base64url DER, device and domain CA
 * @param keySet signed text
 * @param state {@code ready}, or {@code waiting} while consent or approval is awaited
 */
public record SessionOpened(
        SessionId sid,
        String issuer,
        String domain,
        String user,
        String device,
        String deviceName,
        List<String> chain,
        Endorsement endorsement,
        String keySet,
        RootPublicKey root,
        List<RelayAddress> relays,
        Operations operations,
        String state) {

    public static final String READY = "ready";
    public static final String WAITING = "waiting";
    public static final int MAX_LENGTH = 64 * 1_024;

    public SessionOpened {
        chain = List.copyOf(chain);
        relays = List.copyOf(relays);
    }

    public String toJson() {
        JsonArrayBuilder certificates = Json.createArrayBuilder();
        chain.forEach(certificates::add);
        JsonArrayBuilder addresses = Json.createArrayBuilder();
        relays.forEach(relay -> addresses.add(relay.toJson()));
        JsonArrayBuilder names = Json.createArrayBuilder();
        operations.names().forEach(names::add);
        return Json.createObjectBuilder()
                .add("sid", sid.hex())
                .add("issuer", issuer)
                .add("domain", domain)
                .add("user", user)
                .add("device", Json.createObjectBuilder().add("uid", device).add("name", deviceName))
                .add("chain", certificates)
                .add("endorsement", endorsement.toJson())
                .add("proofs", Json.createObjectBuilder())
                .add("keySet", keySet)
                .add("root", B64.encode(root.raw()))
                .add("relays", addresses)
                .add("operations", names)
                .add("state", state)
                .build()
                .toString();
    }

    public static SessionOpened parse(String text) throws WireException {
        StrictJson json = StrictJson.parse(text, MAX_LENGTH);
        StrictJson device = json.child("device");
        List<RelayAddress> relays = new ArrayList<>();
        for (StrictJson relay : json.children("relays", 64)) {
            relays.add(RelayAddress.parse(relay));
        }
        return new SessionOpened(
                SessionId.parse(json.string("sid", 32)),
                json.string("issuer", 300),
                json.string("domain", 36),
                json.string("user", 64),
                device.string("uid", 36),
                device.string("name", 200),
                json.strings("chain", 4, 8_192),
                Endorsement.parse(json.child("endorsement")),
                json.string("keySet", KeySet.MAX_LENGTH),
                RootPublicKey.parse(json.bytes("root", RootPublicKey.LENGTH)),
                relays,
                Operations.of(json.strings("operations", 16, 128)),
                json.string("state", 16));
    }
}

package org.bascule.wire.session;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RootPublicKey;
import org.bascule.wire.log.LogProofs;
import org.bascule.wire.trust.Continuity;
import org.bascule.wire.trust.Endorsement;
import org.bascule.wire.trust.KeySet;

/**
 * Answer of {@code POST /api/sessions}: everything that a client needs for its checks and for {@code m1}. Nothing in it is believed before those checks.
 *
 * @param chain base64url DER, device and domain CA
 * @param keySet signed text
 * @param state {@link #READY} or {@link #ASKING}
 * @param continuity links from identity keys that the device had to the one it has, oldest first
 * @param log that the device's certificate is in the log, and that the log only grew
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
        String state,
        List<Continuity> continuity,
        Optional<LogProofs> log) {

    public static final String READY = "ready";
    /** Somebody is asked for consent; the handshake is refused until that is granted. */
    public static final String ASKING = "asking";

    public static final int MAX_LENGTH = 64 * 1_024;

    public SessionOpened {
        chain = List.copyOf(chain);
        relays = List.copyOf(relays);
        continuity = List.copyOf(continuity);
    }

    /** Of a device that still has its first key, without proofs. */
    public SessionOpened(
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
        this(
                sid,
                issuer,
                domain,
                user,
                device,
                deviceName,
                chain,
                endorsement,
                keySet,
                root,
                relays,
                operations,
                state,
                List.of(),
                Optional.empty());
    }

    public String toJson() {
        JsonArrayBuilder certificates = Json.createArrayBuilder();
        chain.forEach(certificates::add);
        JsonArrayBuilder addresses = Json.createArrayBuilder();
        relays.forEach(relay -> addresses.add(relay.toJson()));
        JsonArrayBuilder links = Json.createArrayBuilder();
        continuity.forEach(link -> links.add(link.toJson()));
        JsonObjectBuilder proofs = Json.createObjectBuilder().add("continuity", links);
        log.ifPresent(value -> proofs.add("log", value.toJson()));
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
                .add("proofs", proofs)
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
                json.string("state", 16),
                continuity(json),
                log(json));
    }

    private static Optional<LogProofs> log(StrictJson json) throws WireException {
        Optional<StrictJson> proofs = json.optionalChild("proofs");
        Optional<StrictJson> log = proofs.isPresent() ? proofs.get().optionalChild("log") : Optional.empty();
        return log.isPresent() ? Optional.of(LogProofs.parse(log.get())) : Optional.empty();
    }

    private static List<Continuity> continuity(StrictJson json) throws WireException {
        List<Continuity> links = new ArrayList<>();
        Optional<StrictJson> proofs = json.optionalChild("proofs");
        if (proofs.isPresent() && proofs.get().has("continuity")) {
            for (StrictJson link : proofs.get().children("continuity", Continuity.MAX_LINKS)) {
                links.add(Continuity.parse(link));
            }
        }
        return links;
    }
}

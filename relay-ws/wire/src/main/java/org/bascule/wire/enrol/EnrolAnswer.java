package org.bascule.wire.enrol;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.util.List;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RootPublicKey;
import org.bascule.wire.trust.KeySet;

/**
 * Answer of {@code POST /api/enrol}.
 *
 * @param chain base64url DER, device and domain CA
 * @param keySet signed text
 */
public record EnrolAnswer(
        String uid,
        String name,
        String domain,
        String domainName,
        List<String> chain,
        String issuer,
        RootPublicKey root,
        String keySet) {

    private static final int MAX_LENGTH = 64 * 1_024;

    public EnrolAnswer {
        chain = List.copyOf(chain);
    }

    public String toJson() {
        return json().toString();
    }

    JsonObject json() {
        JsonArrayBuilder certificates = Json.createArrayBuilder();
        chain.forEach(certificates::add);
        return Json.createObjectBuilder()
                .add("uid", uid)
                .add("name", name)
                .add("domain", Json.createObjectBuilder().add("id", domain).add("name", domainName))
                .add("chain", certificates)
                .add("issuer", issuer)
                .add("root", B64.encode(root.raw()))
                .add("keySet", keySet)
                .build();
    }

    public static EnrolAnswer parse(String text) throws WireException {
        return parse(StrictJson.parse(text, MAX_LENGTH));
    }

    static EnrolAnswer parse(StrictJson json) throws WireException {
        StrictJson domain = json.child("domain");
        return new EnrolAnswer(
                json.string("uid", 36),
                json.string("name", 200),
                domain.string("id", 36),
                domain.string("name", 200),
                json.strings("chain", 4, 8_192),
                json.string("issuer", 300),
                RootPublicKey.parse(json.bytes("root", RootPublicKey.LENGTH)),
                json.string("keySet", KeySet.MAX_LENGTH));
    }
}

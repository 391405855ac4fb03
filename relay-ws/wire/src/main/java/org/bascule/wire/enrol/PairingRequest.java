package org.bascule.wire.enrol;

import jakarta.json.JsonObjectBuilder;
import java.util.Optional;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * Body of {@code POST /api/pair}: an unregistered machine asks for a code.
 *
 * @param csr PKCS#10, DER
 * @param name suggested name, hostile text
 * @param domain name of the domain whose administrators alone shall find it
 */
public record PairingRequest(
        byte[] csr, String name, String os, String version, HardwareId hardware, Optional<String> domain) {

    private static final int MAX_CSR = 4_096;

    public String toJson() {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("csr", B64.encode(csr))
                .add("name", name)
                .add("os", os)
                .add("version", version)
                .add("hardware", hardware.toJson());
        domain.ifPresent(value -> json.add("domain", value));
        return json.build().toString();
    }

    public static PairingRequest parse(StrictJson json) throws WireException {
        return new PairingRequest(
                json.bytesUpTo("csr", MAX_CSR),
                json.string("name", 200),
                json.string("os", 200),
                json.string("version", 64),
                HardwareId.member(json),
                json.optionalString("domain", 100));
    }
}

package org.bascule.wire.enrol;

import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * Body of {@code POST /api/enrol}.
 *
 * @param token text of an {@link EnrolmentToken}, not yet parsed: a malformed one is answered like an unknown one
 * @param csr PKCS#10, DER
 * @param name suggested name, hostile text
 */
public record EnrolRequest(String token, byte[] csr, String name, String os, String version, HardwareId hardware) {

    private static final int MAX_CSR = 4_096;

    /** Of a machine that shows nothing of its hardware. */
    public EnrolRequest(String token, byte[] csr, String name, String os, String version) {
        this(token, csr, name, os, version, HardwareId.NONE);
    }

    public String toJson() {
        return Json.createObjectBuilder()
                .add("token", token)
                .add("csr", B64.encode(csr))
                .add("name", name)
                .add("os", os)
                .add("version", version)
                .add("hardware", hardware.toJson())
                .build()
                .toString();
    }

    public static EnrolRequest parse(StrictJson json) throws WireException {
        return new EnrolRequest(
                json.string("token", 300),
                json.bytesUpTo("csr", MAX_CSR),
                json.string("name", 200),
                json.string("os", 200),
                json.string("version", 64),
                HardwareId.member(json));
    }

    @Override
    public String toString() {
        return "EnrolRequest[token=[REDACTED], name=" + name + "]";
    }
}

package org.bascule.domain.idempotency;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Requirements.Requirement;
import org.bascule.wire.Bytes;
import org.bascule.wire.WireException;

/**
 * What is sealed under a key.
 *
 * @param fingerprint of the request, 32 bytes
 * @param required what the caller had to hold for the creation, and must hold still to get the answer again
 */
record KeptAnswer(byte[] fingerprint, List<Requirement> required, StoredAnswer answer) {

    static final int FINGERPRINT = 32;

    // fingerprint, u16 count, count × (lp permission, lp resource), answer
    byte[] toBytes() {
        Bytes.Writer bytes = Bytes.writer().bytes(fingerprint).u16(required.size());
        for (Requirement requirement : required) {
            bytes.lp(requirement.permission().code()).lp(requirement.resource());
        }
        return bytes.bytes(answer.toBytes()).toByteArray();
    }

    /** Empty for what an earlier version kept, and for a permission that this one does not know. */
    static Optional<KeptAnswer> parse(byte[] sealed) {
        try {
            Bytes.Reader bytes = Bytes.reader(sealed);
            byte[] fingerprint = bytes.bytes(FINGERPRINT);
            int count = bytes.u16();
            List<Requirement> required = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Optional<Permission> permission = Permission.ofCode(text(bytes));
                if (permission.isEmpty()) {
                    return Optional.empty();
                }
                required.add(new Requirement(permission.get(), text(bytes)));
            }
            return Optional.of(
                    new KeptAnswer(fingerprint, required, StoredAnswer.parse(bytes.bytes(bytes.remaining()))));
        } catch (WireException e) {
            return Optional.empty();
        }
    }

    private static String text(Bytes.Reader bytes) throws WireException {
        return new String(bytes.lp(), StandardCharsets.UTF_8);
    }
}

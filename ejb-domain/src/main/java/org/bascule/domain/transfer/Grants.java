package org.bascule.domain.transfer;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.bascule.domain.acl.Delegation;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.identity.Caller;

/** The limit to passing on rights (requirement ACL-7), as single changes have it, with answers remembered. Rights are those before the import. */
final class Grants {

    private record Question(Permission permission, String resource, Validity validity) {}

    private final Delegation delegation;
    private final Caller caller;
    private final Instant now;
    private final Map<Question, Boolean> known = new HashMap<>();

    Grants(Delegation delegation, Caller caller, Instant now) {
        this.delegation = delegation;
        this.caller = caller;
        this.now = now;
    }

    /** Whether the importer may set, change or remove such an entry. */
    boolean mayPass(Permission permission, String resource, Validity validity) {
        return known.computeIfAbsent(
                new Question(permission, resource, Delegation.remaining(validity, now)),
                question -> delegation.mayPass(caller, permission, resource, question.validity()));
    }

    /** Whether the importer may give it to anybody for ever. */
    boolean mayPassAlways(Permission permission, String resource) {
        return known.computeIfAbsent(
                new Question(permission, resource, Validity.ALWAYS),
                question -> delegation.mayPass(caller, permission, resource, Validity.ALWAYS));
    }
}

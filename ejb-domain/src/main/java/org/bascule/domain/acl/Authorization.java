package org.bascule.domain.acl;

import jakarta.ejb.Stateless;
import java.util.Set;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.RefusedException;

/** Decides whether a caller may do something to a resource: the only place that does. */
@Stateless
public class Authorization {

    /**
     * Returns if the caller holds the permission on the resource. Otherwise the attempt is audited and refused.
     *
     * @throws RefusedException {@code NOT_FOUND} if the caller may not even see the resource or there is none, else {@code FORBIDDEN}
     */
    public void require(Caller caller, Permission permission, String resourceId) throws RefusedException {
        throw new UnsupportedOperationException();
    }

    /** The same for what concerns the domain as a whole: on its root folder. Refuses with {@code FORBIDDEN}. */
    public void requireOnDomain(Caller caller, Permission permission) throws RefusedException {
        throw new UnsupportedOperationException();
    }

    /** Asks about the domain as a whole without auditing. */
    public boolean holdsOnDomain(Caller caller, Permission permission) {
        throw new UnsupportedOperationException();
    }

    /** Asks without auditing. */
    public boolean allows(Caller caller, Permission permission, String resourceId) {
        throw new UnsupportedOperationException();
    }

    /** Asks for a user who is not calling now, such as the one of a running session. */
    public boolean allows(String domainId, String userId, Permission permission, String resourceId) {
        throw new UnsupportedOperationException();
    }

    /** All permissions that the caller holds on the resource; empty if there is none such. */
    public Set<Permission> permissions(Caller caller, String resourceId) {
        throw new UnsupportedOperationException();
    }

    /** Whether the caller may change anything in the domain's administration: decides which pages are offered, nothing else. */
    public boolean administers(Caller caller) {
        throw new UnsupportedOperationException();
    }
}

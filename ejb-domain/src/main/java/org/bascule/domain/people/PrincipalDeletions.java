package org.bascule.domain.people;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.directory.PrincipalDeletion;
import org.bascule.domain.directory.PrincipalLosses;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.RefusedException;

/** Tells before a user or a group is deleted what goes with it, for who manages it. */
@Stateless
public class PrincipalDeletions {

    @Inject
    PeopleRights people;

    @Inject
    PrincipalLosses losses;

    public PrincipalDeletion ofUser(Caller caller, String id) throws RefusedException {
        return of(caller, "user", id);
    }

    public PrincipalDeletion ofGroup(Caller caller, String id) throws RefusedException {
        return of(caller, "group", id);
    }

    private PrincipalDeletion of(Caller caller, String kind, String id) throws RefusedException {
        people.require(caller, Permission.MANAGE_USERS, people.seen(caller, kind, id));
        return losses.of(caller, id);
    }
}

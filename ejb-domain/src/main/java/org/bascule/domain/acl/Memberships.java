package org.bascule.domain.acl;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.refusal.Sentence;
import org.bascule.domain.refusal.Template;

/** The limit of delegation for what changes who somebody is rather than what somebody may: memberships, deletions, names that are awaited. */
@Stateless
public class Memberships {

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    Delegation delegation;

    @Inject
    AuditLog audit;

    /**
     * What anybody gains by becoming a member of a group is all that it and the groups around it are allowed; what is gained by leaving one is all
     * that they are denied. The caller must hold each of it where it is given, and be allowed to give it (requirement ACL-7).
     */
    public void require(Caller caller, String principal, Effect effect) throws RefusedException {
        require(
                caller,
                principal,
                List.of(principal),
                effect,
                "This membership would give '%s', which you may not pass on where it is given.");
    }

    /**
     * The same for whoever decides who these principals are, all at once.
     *
     * @param by what says who they are; for the log
     */
    public void requireToVouch(Caller caller, String by, Collection<String> principals) throws RefusedException {
        if (!principals.isEmpty()) {
            require(
                    caller,
                    by,
                    principals,
                    Effect.ALLOW,
                    "Whom this vouches for has '%s', which you may not pass on where it is given.");
        }
    }

    /** For whom a provider vouches, a deletion is no end: he comes again by another reference, without what he was denied. */
    public void requireRemovable(Caller caller, Collection<String> users) throws RefusedException {
        List<String> again = users.isEmpty()
                ? List.of()
                : sql.in(caller.domainId())
                        .statement("select user_id from corporate_user where domain_id = :domain and user_id in (:ids)")
                        .set("ids", users)
                        .list(row -> row.text(1));
        if (!again.isEmpty()) {
            require(
                    caller,
                    again.get(0),
                    again,
                    Effect.DENY,
                    "Whoever comes with a provider comes again and would have '%s', which you may not pass on where it is denied.");
        }
    }

    private void require(
            Caller caller, String on, Collection<String> principals, Effect effect, @Template String template)
            throws RefusedException {
        List<Given> given = sql.in(caller.domainId())
                .statement(
                        """
                        with recursive around (id) as (
                          select r.id from resource r where r.domain_id = :domain and r.id in (:principals)
                          union select m.group_id from around a join group_member m on m.member_id = a.id and m.domain_id = :domain)
                        select distinct e.resource_id, e.permission from around a join acl_entry e on e.principal_id = a.id
                        where e.domain_id = :domain and e.effect = :effect""")
                .set("principals", principals)
                .set("effect", effect.code())
                .list(row -> new Given(row.text(1), row.text(2)));
        for (Given each : given) {
            Optional<Permission> permission = Permission.ofCode(each.permission());
            boolean may = permission.isPresent()
                    && authorization.meets(caller, Permission.MANAGE_PERMISSIONS, each.resource())
                    && delegation.mayPass(caller, permission.get(), each.resource(), Validity.ALWAYS);
            if (!may) {
                audit.recordRefused(caller.did(Operation.ACCESS, Outcome.DENIED)
                        .on(on, null)
                        .saying("a membership would give " + each.permission() + ", which the caller may not give"));
                throw new RefusedException(
                        Problem.DELEGATION,
                        template,
                        permission.map(Permission::sentence).orElseGet(() -> Sentence.plain(each.permission())));
            }
        }
    }

    private record Given(String resource, String permission) {}
}

package org.bascule.domain.acl;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;

/**
 * A domain always has an owner (requirement DOM-3): a user who can sign in, is in the built-in group Owners, directly or through groups (anybody,
 * where there is no such group), and may manage permissions on the root folder at all times.
 *
 * <p>Whatever may take an owner away calls {@link #lock} before it changes anything and {@link #require} after it: of two that would each leave the
 * other's owner, the second one sees what the first one committed, however long ago its own transaction began to read.
 */
@Stateless
public class LastOwner {

    /** What others have committed since this transaction began is seen by reads that lock, and by no others. */
    private static final String LOCKING = " lock in share mode";

    @Inject
    Sql sql;

    @Inject
    AuditLog audit;

    @Inject
    Clock clock;

    /** Orders such changes within a domain: until the transaction ends, no other one that calls this goes on. */
    public void lock(String domainId) {
        sql.in(domainId)
                .statement("select rights_version from domain_version where domain_id = :domain for update")
                .number();
    }

    /**
     * To be called after the change. A refusal is audited.
     *
     * @param resource what was to be changed
     * @throws RefusedException {@code LAST_OWNER} if there is no owner left
     */
    public void require(Caller caller, Operation operation, String resource) throws RefusedException {
        if (!isLeft(caller.domainId())) {
            audit.recordRefused(caller.did(operation, Outcome.DENIED)
                    .on(resource, null)
                    .saying("no owner who can sign in would be left"));
            throw new RefusedException(
                    Problem.LAST_OWNER,
                    "After this no owner who can sign in could manage permissions of the domain any more.");
        }
    }

    /**
     * Whether there is an owner who can sign in; where nobody does so without a company's provider, the one who may nevertheless must be one. Reads what it
     * needs and no more: the root's entries, and the groups that they or the name of the owners' group name.
     */
    public boolean isLeft(String domainId) {
        String root = root(domainId);
        List<Entry> entries = entries(domainId, root);
        Optional<String> owners = group(domainId, LOCKING);
        Set<String> named = new HashSet<>(owners.stream().toList());
        entries.forEach(entry -> named.add(entry.principal()));
        RightsSnapshot state = new RightsSnapshot(
                0,
                List.of(new RightsSnapshot.Folder(root, null, true)),
                memberships(domainId, named),
                entries,
                Map.of());
        Set<String> left = canSignIn(domainId, holders(state, owners), LOCKING);
        return !left.isEmpty()
                && breakGlass(domainId).filter(one -> !left.contains(one)).isEmpty();
    }

    private Optional<String> breakGlass(String domainId) {
        return sql.in(domainId)
                .statement("select break_glass from sign_in_setting where domain_id = :domain and corporate_only"
                        + LOCKING)
                .first(row -> row.text(1));
    }

    /** Those of the group, or of everybody, who may manage permissions on the root at all times. */
    static Set<String> holders(RightsSnapshot state, Optional<String> group) {
        Set<String> holders =
                group.map(id -> state.membersOf(Set.of(id))).orElseGet(() -> new HashSet<>(state.principalIds()));
        holders.removeIf(user -> !state.allowsAlways(
                state.principals(user), Permission.MANAGE_PERMISSIONS, state.folderId(0), Snapshots.FOLDER));
        return holders;
    }

    private String root(String domainId) {
        return sql.in(domainId)
                .statement("select id from resource where root_of = :domain")
                .first(row -> row.text(1))
                .orElseThrow(() -> new IllegalStateException("a domain has a root folder"));
    }

    private List<Entry> entries(String domainId, String root) {
        return sql
                .in(domainId)
                .statement("select " + RightsReader.ENTRY
                        + "from acl_entry e where e.domain_id = :domain and e.resource_id = :root and e.permission = :permission"
                        + " and (e.valid_until is null or e.valid_until > :now)" + LOCKING)
                .set("root", root)
                .set("permission", Permission.MANAGE_PERMISSIONS.code())
                .set("now", clock.instant())
                .list(RightsReader::entry)
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /** The group Owners; empty where there is none. */
    public Optional<String> group(String domainId) {
        return group(domainId, "");
    }

    private Optional<String> group(String domainId, String locking) {
        return sql.in(domainId)
                .statement("select g.id from user_group g join resource r on r.id = g.id"
                        + " where g.domain_id = :domain and g.built_in and r.name = :owners order by g.id" + locking)
                .set("owners", Preset.OWNERS.group())
                .first(row -> row.text(1));
    }

    /** All memberships in these groups and in groups below them, a statement for each level. */
    private List<Membership> memberships(String domainId, Set<String> groups) {
        List<Membership> found = new ArrayList<>();
        Set<String> seen = new HashSet<>(groups);
        List<String> level = List.copyOf(groups);
        while (!level.isEmpty()) {
            List<Membership> members = sql.in(domainId)
                    .statement("select group_id, member_id from group_member"
                            + " where domain_id = :domain and group_id in (:groups)" + LOCKING)
                    .set("groups", level)
                    .list(row -> new Membership(row.text(1), row.text(2)));
            found.addAll(members);
            level = members.stream().map(Membership::member).filter(seen::add).toList();
        }
        return found;
    }

    /**
     * Those of these that are users who can sign in, today and later: nobody is bound to a reference that is pending, and an account that is switched
     * off, or has an end, is none to rely on. Whom a provider vouched for signs in with it alone: it must be switched on and still know the user. A
     * partner's people have an end, and nothing on the root folder.
     */
    public Set<String> canSignIn(String domainId, Collection<String> principals) {
        return canSignIn(domainId, principals, "");
    }

    private Set<String> canSignIn(String domainId, Collection<String> principals, String locking) {
        if (principals.isEmpty()) {
            return Set.of();
        }
        return new HashSet<>(sql.in(domainId)
                .statement(
                        // no subquery: its rows would not be locked, and be those of the transaction's beginning
                        """
                        select u.id from user_ref u left join corporate_user c on c.user_id = u.id
                          left join identity_provider p on p.id = c.provider_id
                        where u.domain_id = :domain and u.id in (:ids) and u.subject is not null and u.enabled and u.expires is null
                          and (c.user_id is null or c.gone is null and p.enabled and not p.partner)"""
                                + locking)
                .set("ids", principals)
                .list(row -> row.text(1)));
    }
}

package org.bascule.domain.acl;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;

/**
 * A domain always has an owner (requirement DOM-3): a user who can sign in and is an owner by the entries, see {@link Ownership}. And whatever
 * owners may pass on in the whole domain, one of them still may after any change: nobody else could be relied on to give it back to them.
 *
 * <p>Whatever may take something from owners calls {@link #lock} and {@link #held} before it changes anything and {@link #require} after it: of two
 * that would each leave the other's owner, the second one sees what the first one committed, however long ago its own transaction began to read.
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

    /** What owners who can sign in may pass on in the whole domain, for {@link #require}. */
    public Set<Permission> held(String domainId) {
        return present(domainId).all();
    }

    /**
     * To be called after the change. A refusal is audited.
     *
     * @param before what was {@link #held} before it
     * @param resource what was to be changed
     * @throws RefusedException {@code LAST_OWNER} if there is no owner left, or none who may pass on what was held
     */
    public void require(Caller caller, Set<Permission> before, Operation operation, String resource)
            throws RefusedException {
        String domainId = caller.domainId();
        Ownership left = present(domainId);
        if (!isLeft(left, breakGlass(domainId, LOCKING))) {
            refused(caller, operation, resource, "no owner who can sign in would be left");
            throw new RefusedException(
                    Problem.LAST_OWNER,
                    "After this no owner who can sign in could manage users and permissions of the whole domain any more.");
        }
        Set<Permission> lost = EnumSet.noneOf(Permission.class);
        lost.addAll(before);
        lost.removeAll(left.all());
        for (Permission permission : lost) {
            refused(caller, operation, resource, "no owner who can sign in could pass on " + permission.code());
            throw new RefusedException(
                    Problem.LAST_OWNER,
                    "After this no owner who can sign in could pass on '%s' in the whole domain any more.",
                    permission.sentence());
        }
    }

    private void refused(Caller caller, Operation operation, String resource, String why) {
        audit.recordRefused(
                caller.did(operation, Outcome.DENIED).on(resource, null).saying(why));
    }

    /** Whether there is an owner who can sign in; where nobody does so without a company's provider, the one who may nevertheless must be one. */
    public boolean isLeft(String domainId) {
        return isLeft(present(domainId), breakGlass(domainId, LOCKING));
    }

    /** The same, and whether owners may still pass on all that was {@link #held} before a change. */
    public boolean isLeft(String domainId, Set<Permission> before) {
        Ownership left = present(domainId);
        return isLeft(left, breakGlass(domainId, LOCKING)) && left.all().containsAll(before);
    }

    private static boolean isLeft(Ownership left, Optional<String> breakGlass) {
        return !left.owners().isEmpty()
                && breakGlass.filter(one -> !left.owners().contains(one)).isEmpty();
    }

    /** Whether {@link #require} would accept a change that has not been made. */
    boolean wouldBeLeft(String domainId, RightsSnapshot before, RightsSnapshot after) {
        Optional<String> owners = group(domainId, "");
        Set<Permission> held = present(domainId, before, owners, "").all();
        Ownership left = present(domainId, after, owners, "");
        return isLeft(left, breakGlass(domainId, "")) && left.all().containsAll(held);
    }

    /** Reads what it needs and no more: the root's entries, those who may be owners, and the groups that these are in. */
    private Ownership present(String domainId) {
        String root = root(domainId);
        List<Entry> entries = entries(domainId, root);
        Optional<String> owners = group(domainId, LOCKING);
        Set<String> people = new HashSet<>();
        owners.ifPresentOrElse(people::add, () -> entries.forEach(entry -> people.add(entry.principal())));
        Set<Membership> memberships = new HashSet<>();
        follow(domainId, people, Membership::member, "group_id", memberships);
        follow(domainId, people, Membership::group, "member_id", memberships);
        RightsSnapshot state = new RightsSnapshot(
                0, List.of(new RightsSnapshot.Folder(root, null, true)), memberships, entries, Map.of());
        return present(domainId, state, owners, LOCKING);
    }

    /** The owners of that state who can sign in. */
    private Ownership present(String domainId, RightsSnapshot state, Optional<String> group, String locking) {
        Ownership ownership = Ownership.of(state, group, clock.instant());
        return ownership.among(canSignIn(domainId, ownership.owners(), locking));
    }

    private Optional<String> breakGlass(String domainId, String locking) {
        return sql.in(domainId)
                .statement("select break_glass from sign_in_setting where domain_id = :domain and corporate_only"
                        + locking)
                .first(row -> row.text(1));
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
                        + "from acl_entry e where e.domain_id = :domain and e.resource_id = :root"
                        + " and (e.valid_until is null or e.valid_until > :now)" + LOCKING)
                .set("root", root)
                .set("now", clock.instant())
                .list(RightsReader::entry)
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /** The group Owners; empty where there is none. */
    private Optional<String> group(String domainId, String locking) {
        return sql.in(domainId)
                .statement("select g.id from user_group g join resource r on r.id = g.id"
                        + " where g.domain_id = :domain and g.built_in and r.name = :owners order by g.id" + locking)
                .set("owners", Preset.OWNERS.group())
                .first(row -> row.text(1));
    }

    /** Finds the members of groups, or the groups of members, at any depth, a statement for each level; adds them to these. */
    private void follow(
            String domainId,
            Set<String> these,
            Function<Membership, String> next,
            String column,
            Set<Membership> memberships) {
        List<String> level = List.copyOf(these);
        while (!level.isEmpty()) {
            List<Membership> found = sql.in(domainId)
                    .statement("select group_id, member_id from group_member where domain_id = :domain and " + column
                            + " in (:level)" + LOCKING)
                    .set("level", level)
                    .list(row -> new Membership(row.text(1), row.text(2)));
            memberships.addAll(found);
            level = found.stream().map(next).filter(these::add).toList();
        }
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

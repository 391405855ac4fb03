package org.bascule.domain.acl;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;

/**
 * A domain keeps its owner (requirement DOM-3): a user who can sign in and is an owner by the entries, see {@link Ownership}. And whatever
 * owners may pass on in the whole domain, one of them still may after any change but the end of an account: nobody else could be relied on to give it
 * back to them. A domain that has no owner already goes on, and loses nothing more.
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

    /** Who owns the domain, for {@link #require}. */
    public Held held(String domainId) {
        return present(domainId);
    }

    /**
     * To be called after the change. A refusal is audited.
     *
     * @param before what was {@link #held} before it
     * @param resource what was to be changed
     * @throws RefusedException {@code LAST_OWNER} if there was an owner and none is left, or none who may pass on what owners could
     */
    public void require(Caller caller, Held before, Operation operation, String resource) throws RefusedException {
        Held left = present(caller.domainId());
        requireOwner(caller, before, left, operation, resource);
        for (Permission permission : left.lostSince(before)) {
            refused(caller, operation, resource, "no owner who can sign in could pass on " + permission.code());
            throw new RefusedException(
                    Problem.LAST_OWNER,
                    "After this no owner who can sign in could pass on '%s' in the whole domain any more.",
                    permission.sentence());
        }
    }

    /**
     * The same after an account was switched off or given an end, which may have been stolen: an owner must be left, whatever he may pass on.
     */
    public void requireOwner(Caller caller, Held before, Operation operation, String resource) throws RefusedException {
        requireOwner(caller, before, present(caller.domainId()), operation, resource);
    }

    private void requireOwner(Caller caller, Held before, Held left, Operation operation, String resource)
            throws RefusedException {
        if (left.hasLostOwner(before)) {
            refused(caller, operation, resource, "no owner who can sign in would be left");
            throw new RefusedException(
                    Problem.LAST_OWNER,
                    "After this no owner who can sign in could manage users and permissions of the whole domain any more.");
        }
    }

    private void refused(Caller caller, Operation operation, String resource, String why) {
        audit.recordRefused(
                caller.did(operation, Outcome.DENIED).on(resource, null).saying(why));
    }

    /** Whether there is an owner who can sign in; where nobody does so without a company's provider, the one who may nevertheless must be one. */
    public boolean isLeft(String domainId) {
        Held left = present(domainId);
        return left.hasOwner() && left.opens();
    }

    /** Whether {@link #require} accepts what was changed since. */
    public boolean isKept(String domainId, Held before) {
        return isKept(before, present(domainId));
    }

    private static boolean isKept(Held before, Held left) {
        return !left.hasLostOwner(before) && left.lostSince(before).isEmpty();
    }

    /** Whether {@link #require} would accept a change that has not been made. */
    public boolean wouldBeKept(String domainId, RightsSnapshot before, RightsSnapshot after) {
        Optional<String> owners = group(domainId, "");
        return isKept(present(domainId, before, owners, ""), present(domainId, after, owners, ""));
    }

    /** Reads what it needs and no more: the root's entries, those who may be owners, and the groups that these are in. */
    private Held present(String domainId) {
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

    private Held present(String domainId, RightsSnapshot state, Optional<String> group, String locking) {
        Ownership ownership = Ownership.of(state, group, clock.instant());
        Map<String, Boolean> people = people(domainId, ownership.passable().keySet(), locking);
        return new Held(
                ownership.among(canSignIn(people)), ownership.among(people.keySet()), breakGlass(domainId, locking));
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
        return canSignIn(people(domainId, principals, ""));
    }

    private static Set<String> canSignIn(Map<String, Boolean> people) {
        return people.keySet().stream().filter(people::get).collect(Collectors.toSet());
    }

    /** Those of these who could sign in if their accounts were switched on and had no end, and whether they are and have none. */
    private Map<String, Boolean> people(String domainId, Collection<String> principals, String locking) {
        Map<String, Boolean> people = new HashMap<>();
        if (!principals.isEmpty()) {
            sql.in(domainId)
                    .statement(
                            // no subquery: its rows would not be locked, and be those of the transaction's beginning
                            """
                            select u.id, u.enabled and u.expires is null from user_ref u
                              left join corporate_user c on c.user_id = u.id
                              left join identity_provider p on p.id = c.provider_id
                            where u.domain_id = :domain and u.id in (:ids) and u.subject is not null
                              and (c.user_id is null or c.gone is null and p.enabled and not p.partner)"""
                                    + locking)
                    .set("ids", principals)
                    .list(row -> people.put(row.text(1), row.flag(2)));
        }
        return people;
    }
}

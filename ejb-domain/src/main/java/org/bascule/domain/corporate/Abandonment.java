package org.bascule.domain.corporate;

import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bascule.domain.acl.Entries;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Held;
import org.bascule.domain.acl.LastOwner;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.refusal.RefusedException;

/** What becomes of a provider's users when nobody vouches for them any more. Statements are few however many they are. */
@Dependent
class Abandonment {

    private static final String MEMBERSHIPS =
            """
            group_member m join corporate_user v on v.user_id = m.member_id
              left join corporate_member c on c.group_id = m.group_id and c.user_id = m.member_id
            """;

    private static final String WHICH =
            "where v.domain_id = :domain and v.provider_id = :provider and (:all or c.user_id is not null)";

    @Inject
    Sql sql;

    @Inject
    CorporateUsers users;

    @Inject
    LastOwner owners;

    @Inject
    Entries entryStore;

    @Inject
    AuditLog audit;

    @Inject
    Event<LiveEvent> live;

    private record User(String id, boolean enabled) {}

    private record Membership(String group, String user) {}

    /**
     * They are signed out and switched off, and what the provider gave is taken back. With a partner goes its limit: whoever is switched on again begins with nothing,
     * because what was given was given within it.
     */
    void of(Caller caller, StoredProvider provider) throws RefusedException {
        String domainId = caller.domainId();
        users.signOut(domainId, provider.id());
        owners.lock(domainId);
        Held held = owners.held(domainId);
        List<User> left = sql.in(domainId)
                .statement(
                        """
                        select u.id, u.enabled from corporate_user v join user_ref u on u.id = v.user_id
                        where v.domain_id = :domain and v.provider_id = :provider order by u.id for update""")
                .set("provider", provider.id())
                .list(row -> new User(row.text(1), row.flag(2)));
        if (provider.partner() != null) {
            takeEntries(caller, provider);
        }
        endMemberships(caller, provider);
        switchOff(caller, provider, left);
        left.forEach(user -> live.fire(new LiveEvent.PrincipalChanged(domainId, user.id(), "user", "changed")));
        sql.in(domainId)
                .statement("delete from corporate_user where domain_id = :domain and provider_id = :provider")
                .set("provider", provider.id())
                .update();
        owners.require(caller, held, Operation.PROVIDER_REMOVED, provider.id());
    }

    /** Those that the provider gave; of a partner's people all. */
    private void endMemberships(Caller caller, StoredProvider provider) {
        String domainId = caller.domainId();
        List<Membership> ended = sql.in(domainId)
                .statement("select m.group_id, m.member_id from " + MEMBERSHIPS + WHICH
                        + " order by m.group_id, m.member_id lock in share mode")
                .set("provider", provider.id())
                .set("all", provider.partner() != null)
                .list(row -> new Membership(row.text(1), row.text(2)));
        sql.in(domainId)
                .statement("delete m from " + MEMBERSHIPS + WHICH)
                .set("provider", provider.id())
                .set("all", provider.partner() != null)
                .update();
        if (ended.isEmpty()) {
            return;
        }
        Map<String, String> names = names(
                domainId,
                ended.stream()
                        .flatMap(each -> Stream.of(each.group(), each.user()))
                        .collect(Collectors.toSet()));
        audit.recordAll(
                domainId,
                ended.stream()
                        .map(each -> caller.did(Operation.MEMBER_REMOVED, Outcome.SUCCESS)
                                .on(each.group(), names.get(each.group()))
                                .saying("user '" + names.get(each.user()) + "' " + why(provider))
                                .changing(Changes.none()
                                        .field(
                                                "member",
                                                "user " + each.user() + " '" + names.get(each.user()) + "'",
                                                null)))
                        .toList());
        ended.stream()
                .map(Membership::group)
                .distinct()
                .forEach(group -> live.fire(new LiveEvent.PrincipalChanged(domainId, group, "group", "changed")));
    }

    private static String why(StoredProvider provider) {
        return "came with a " + (provider.partner() == null ? "provider" : "partner") + " that was removed";
    }

    private void switchOff(Caller caller, StoredProvider provider, List<User> users) {
        sql.in(caller.domainId())
                .statement(
                        """
                        update user_ref u join corporate_user v on v.user_id = u.id set u.enabled = false
                        where v.domain_id = :domain and v.provider_id = :provider""")
                .set("provider", provider.id())
                .update();
        List<String> ended = users.stream().filter(User::enabled).map(User::id).toList();
        if (ended.isEmpty()) {
            return;
        }
        Map<String, String> names = names(caller.domainId(), Set.copyOf(ended));
        audit.recordAll(
                caller.domainId(),
                ended.stream()
                        .map(user -> caller.did(Operation.USER_UPDATED, Outcome.SUCCESS)
                                .on(user, names.get(user))
                                .saying(why(provider))
                                .changing(Changes.none().field("enabled", true, false)))
                        .toList());
    }

    private void takeEntries(Caller caller, StoredProvider provider) {
        String domainId = caller.domainId();
        List<Entry> entries = sql
                .in(domainId)
                .statement("select " + Entries.COLUMNS
                        + "from acl_entry e join corporate_user v on v.user_id = e.principal_id"
                        + " where v.domain_id = :domain and v.provider_id = :provider order by e.id lock in share mode")
                .set("provider", provider.id())
                .list(Entries::entry)
                .stream()
                .flatMap(Optional::stream)
                .toList();
        if (entries.isEmpty()) {
            return;
        }
        Map<String, String> names = names(
                domainId,
                entries.stream()
                        .flatMap(entry -> Stream.of(entry.resource(), entry.principal()))
                        .collect(Collectors.toSet()));
        entryStore.removeAll(domainId, entries);
        audit.recordAll(
                domainId,
                entries.stream()
                        .map(entry -> caller.did(Operation.ENTRY_REMOVED, Outcome.SUCCESS)
                                .on(entry.resource(), names.get(entry.resource()))
                                .saying(Entries.text(
                                        entry, "user", names.getOrDefault(entry.principal(), entry.principal())))
                                .changing(Entries.changes(entry, null)))
                        .toList());
    }

    private Map<String, String> names(String domainId, Set<String> ids) {
        Map<String, String> names = new HashMap<>();
        sql.in(domainId)
                .statement("select id, name from resource where domain_id = :domain and id in (:ids)")
                .set("ids", ids)
                .list(row -> names.put(row.text(1), row.text(2)));
        return names;
    }
}

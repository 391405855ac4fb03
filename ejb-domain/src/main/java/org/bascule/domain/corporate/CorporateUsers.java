package org.bascule.domain.corporate;

import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bascule.domain.acl.Held;
import org.bascule.domain.acl.LastOwner;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Sql;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.token.SignIns;
import org.jspecify.annotations.Nullable;

/** Whom a provider vouches for, and the memberships that they have for it. */
@Dependent
class CorporateUsers {

    @Inject
    Sql sql;

    @Inject
    SignIns signIns;

    @Inject
    LastOwner owners;

    @Inject
    RightsVersion rights;

    @Inject
    AuditLog audit;

    @Inject
    Event<LiveEvent> live;

    @Inject
    Clock clock;

    /**
     * A user with the provider that vouched first.
     *
     * @param gone whether the directory knows the user no more
     */
    record Vouched(String userId, String providerId, boolean gone) {}

    /** How many users came with each provider. */
    Map<String, Long> counts(String domainId) {
        Map<String, Long> counts = new HashMap<>();
        sql.in(domainId)
                .statement(
                        "select provider_id, count(*) from corporate_user where domain_id = :domain group by provider_id")
                .list(row -> counts.put(row.text(1), row.number(2)));
        return counts;
    }

    Optional<Vouched> find(String domainId, String userId) {
        return sql.in(domainId)
                .statement("select user_id, provider_id, gone is not null from corporate_user"
                        + " where domain_id = :domain and user_id = :user")
                .set("user", userId)
                .first(row -> new Vouched(row.text(1), row.text(2), row.flag(3)));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /**
     * The provider has just vouched for the user. The first that does so is the one whose limits and groups count.
     *
     * @return the one that counts
     */
    String vouched(String domainId, String userId, StoredProvider provider) {
        int added = sql.in(domainId)
                .statement("insert ignore into corporate_user (domain_id, user_id, provider_id, checked)"
                        + " values (:domain, :user, :provider, :now)")
                .set("user", userId)
                .set("provider", provider.id())
                .set("now", now())
                .update();
        if (added == 1) {
            if (provider.partner() != null) {
                rights.changed(domainId);
            }
            return provider.id();
        }
        sql.in(domainId)
                .statement("update corporate_user set checked = :now, gone = null"
                        + " where domain_id = :domain and user_id = :user and provider_id = :provider")
                .set("user", userId)
                .set("provider", provider.id())
                .set("now", now())
                .update();
        return find(domainId, userId).map(Vouched::providerId).orElse(provider.id());
    }

    /** Memberships follow what the provider says; others, and those that somebody gave by hand, stay. */
    void follow(String domainId, Actor user, StoredProvider provider, Set<String> theirs) {
        Set<String> wanted = provider.groups().stream()
                .filter(mapping -> theirs.contains(mapping.theirs()))
                .map(GroupMapping::ours)
                .collect(Collectors.toSet());
        set(domainId, user, provider.name(), wanted);
    }

    private void set(String domainId, Actor user, String provider, Set<String> wanted) {
        String userId = String.valueOf(user.userId());
        Set<String> present = new HashSet<>(sql.in(domainId)
                .statement(
                        """
                        select c.group_id from corporate_member c
                          join group_member m on m.group_id = c.group_id and m.member_id = c.user_id
                        where c.domain_id = :domain and c.user_id = :user""")
                .set("user", userId)
                .list(row -> row.text(1)));
        if (present.equals(wanted)) {
            return;
        }
        owners.lock(domainId);
        Held held = owners.held(domainId);
        for (String group : wanted) {
            if (!present.contains(group)) {
                change(domainId, user, provider, group, true, held);
            }
        }
        for (String group : present) {
            if (!wanted.contains(group)) {
                change(domainId, user, provider, group, false, held);
            }
        }
    }

    private void change(String domainId, Actor user, String provider, String group, boolean join, Held held) {
        String userId = String.valueOf(user.userId());
        boolean changed = write(domainId, userId, group, join);
        if (!changed && join) {
            // somebody gave it by hand: it is not the provider's to take away
            return;
        }
        boolean kept = changed && !owners.isKept(domainId, held);
        if (kept) {
            write(domainId, userId, group, !join);
        }
        if (changed && !kept) {
            sql.in(domainId)
                    .statement(
                            join
                                    ? "insert ignore into corporate_member (domain_id, group_id, user_id) values (:domain, :group, :user)"
                                    : "delete from corporate_member where domain_id = :domain and group_id = :group and user_id = :user")
                    .set("group", group)
                    .set("user", userId)
                    .update();
            rights.changed(domainId);
            live.fire(new LiveEvent.PrincipalChanged(domainId, group, "group", "changed"));
            live.fire(new LiveEvent.PrincipalChanged(domainId, userId, "user", "changed"));
        }
        if (changed) {
            String text = "user " + userId + " '" + user.name() + "'";
            audit.record(AuditEvent.of(
                            domainId,
                            user,
                            join ? Operation.MEMBER_ADDED : Operation.MEMBER_REMOVED,
                            kept ? Outcome.DENIED : Outcome.SUCCESS)
                    .on(group, name(domainId, group))
                    .saying(kept ? "by " + provider + ": no owner who can sign in would be left" : "by " + provider)
                    .changing(Changes.none().field("member", join ? null : text, join ? text : null)));
        }
    }

    private boolean write(String domainId, String userId, String group, boolean join) {
        return sql.in(domainId)
                        .statement(
                                join
                                        ? "insert ignore into group_member (domain_id, group_id, member_id) values (:domain, :group, :user)"
                                        : "delete from group_member where domain_id = :domain and group_id = :group and member_id = :user")
                        .set("group", group)
                        .set("user", userId)
                        .update()
                == 1;
    }

    private @Nullable String name(String domainId, String id) {
        return sql.in(domainId)
                .statement("select name from resource where domain_id = :domain and id = :id")
                .set("id", id)
                .first(row -> row.text(1))
                .orElse(null);
    }

    /** The directory knows the user no more: nothing that was opened goes on, no token counts, memberships end. */
    void gone(String domainId, Actor user, StoredProvider provider) {
        String userId = String.valueOf(user.userId());
        int gone = sql.in(domainId)
                .statement("update corporate_user set gone = :now"
                        + " where domain_id = :domain and user_id = :user and gone is null")
                .set("user", userId)
                .set("now", now())
                .update();
        if (gone == 1) {
            set(domainId, user, provider.name(), Set.of());
            signIns.allEnded(domainId, userId);
            endTokens(domainId, userId);
            audit.record(AuditEvent.of(domainId, Actor.SERVER, Operation.SIGN_IN_ENDED, Outcome.SUCCESS)
                    .on(userId, user.name())
                    .saying(provider.name() + " knows the user no more"));
        }
    }

    /** Whatever was opened with one of the user's API tokens ends. */
    private void endTokens(String domainId, String userId) {
        sql.in(domainId)
                .statement("select id from api_token where domain_id = :domain and user_id = :user")
                .set("user", userId)
                .list(row -> row.text(1))
                .forEach(token -> live.fire(new LiveEvent.CredentialEnded(domainId, token)));
    }

    /** Ends what was opened with a provider. */
    void signOut(String domainId, String providerId) {
        signIns.endedOfProvider(domainId, providerId);
        usersOf(domainId, providerId).forEach(user -> endTokens(domainId, user));
    }

    /** Whom the provider can say to be somebody: who came with it, first or as far as is remembered. */
    List<String> ofProvider(String domainId, String providerId) {
        return sql.in(domainId)
                .statement(
                        """
                        select user_id from corporate_user where domain_id = :domain and provider_id = :provider
                        union select user_id from sign_in where domain_id = :domain and provider_id = :provider""")
                .set("provider", providerId)
                .list(row -> row.text(1));
    }

    private List<String> usersOf(String domainId, String providerId) {
        return sql.in(domainId)
                .statement("select user_id from corporate_user where domain_id = :domain and provider_id = :provider")
                .set("provider", providerId)
                .list(row -> row.text(1));
    }
}

package org.bascule.domain.token;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Sql;
import org.bascule.domain.directory.Names;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.SignInEnds;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * Where users are signed in, on whichever node (requirement IDN-9). A row that has ended never goes on: whoever comes back with the same session of the
 * realm gets a new one. What was opened with a sign-in ends with it.
 */
@Stateless
public class SignIns {

    /** What a use less than this ago says is near enough. */
    static final Duration LAST_USE = Duration.ofMinutes(1);

    /** How long a program's refresh token is good without use. */
    public static final Duration PROGRAM = Duration.ofDays(30);

    private static final Duration KEPT = Duration.ofDays(31);

    /** The condition for rows {@code s} that have not ended and still count, at {@code :now}. */
    static final String GOES_ON =
            """
            s.ended is null and (s.vouched_until is null or s.vouched_until > :now) and (s.provider_id is not null or not exists
              (select 1 from sign_in_setting c where c.domain_id = s.domain_id and c.corporate_only and c.break_glass <> s.user_id))""";

    /** Sort keys of the list. */
    public static final int KEYS = 2;

    private static final int MAX_AGENT = 300;

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    RealmSessions realms;

    @Inject
    AuditLog audit;

    @Inject
    Uuid7 ids;

    @Inject
    Clock clock;

    @Inject
    SignInEnds ends;

    /** With what somebody is signed in. */
    public enum Client {
        BROWSER,
        PROGRAM;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }

        private static Client of(String code) {
            return valueOf(code.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * A sign-in at a realm, as it is presented here.
     *
     * @param realmSession the realm's id of the session; empty if it told none
     * @param since when the realm vouched: what ended before does not end this
     * @param userAgent null if it told none
     * @param idle how long it lasts without use
     * @param until how long it lasts at most
     * @param provider id of the company's provider that vouched; null: the domain's own realm
     * @param vouchedUntil after which the provider has to be asked again; null: it has not
     */
    public record Presented(
            Client client,
            String realmSession,
            Instant since,
            String address,
            @Nullable String userAgent,
            Duration idle,
            Instant until,
            @Nullable String provider,
            @Nullable Instant vouchedUntil) {

        /** One for which the domain's own realm vouched. */
        public Presented(
                Client client,
                String realmSession,
                Instant since,
                String address,
                @Nullable String userAgent,
                Duration idle,
                Instant until) {
            this(client, realmSession, since, address, userAgent, idle, until, null, null);
        }
    }

    private record Row(String id, @Nullable Instant ended, Instant lastUsed) {}

    /**
     * The sign-in that goes on, or a new one if there is none for this session of the realm; that it was used is kept, to about a minute.
     *
     * @return its id; empty if it was ended after the realm vouched
     */
    public Optional<String> present(String domainId, String userId, Presented presented) {
        Optional<Row> latest = presented.realmSession().isEmpty()
                ? Optional.empty()
                : sql.in(domainId)
                        .statement(
                                """
                                select id, ended, last_used from sign_in
                                where domain_id = :domain and realm_session = :session and client = :client and user_id = :user
                                  and ended is null limit 1""")
                        .set("session", presented.realmSession())
                        .set("client", presented.client().code())
                        .set("user", userId)
                        .first(row -> new Row(row.text(1), row.instantOrNull(2), row.instant(3)));
        if (latest.isPresent()) {
            prolong(domainId, latest.get().id(), presented);
            return latest.map(Row::id);
        }
        return hasEndedSince(domainId, presented) ? Optional.empty() : Optional.of(add(domainId, userId, presented));
    }

    /** The end of a session of the realm is the end for all that came with it, whoever of them was here before. */
    private boolean hasEndedSince(String domainId, Presented presented) {
        return !presented.realmSession().isEmpty()
                && sql.in(domainId)
                        .statement("select id from sign_in where domain_id = :domain and realm_session = :session"
                                + " and ended >= :since limit 1")
                        .set("session", presented.realmSession())
                        .set("since", presented.since())
                        .first(row -> row.text(1))
                        .isPresent();
    }

    private String add(String domainId, String userId, Presented presented) {
        String id = ids.next();
        String agent = presented.userAgent() == null ? "" : Names.cleaned(presented.userAgent(), "");
        sql.in(domainId)
                .statement(
                        """
                        insert into sign_in (id, domain_id, user_id, client, realm_session, address, user_agent, since, last_used,
                          idle_seconds, until, provider_id, vouched_until)
                        values (:id, :domain, :user, :client, :session, :address, :agent, :now, :now, :idle, :until, :provider, :vouched)""")
                .set("idle", presented.idle().toSeconds())
                .set("provider", presented.provider())
                .set("vouched", presented.vouchedUntil())
                .set("until", presented.until())
                .set("id", id)
                .set("user", userId)
                .set("client", presented.client().code())
                .set("session", presented.realmSession().isEmpty() ? null : presented.realmSession())
                .set("address", presented.address())
                .set("agent", agent.isEmpty() ? null : agent.substring(0, Math.min(agent.length(), MAX_AGENT)))
                .set("now", now())
                .update();
        return id;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** Whoever comes back from the realm begins anew to be idle, and under the settings of now. */
    private void prolong(String domainId, String id, Presented presented) {
        if (presented.client() == Client.PROGRAM) {
            isLive(domainId, id);
            return;
        }
        sql.in(domainId)
                .statement("update sign_in set last_used = :now, idle_seconds = :idle, until = :until,"
                        + " provider_id = :provider, vouched_until = :vouched where domain_id = :domain and id = :id")
                .set("now", now())
                .set("idle", presented.idle().toSeconds())
                .set("until", presented.until())
                .set("provider", presented.provider())
                .set("vouched", presented.vouchedUntil())
                .set("id", id)
                .update();
    }

    private void touch(String domainId, Row row) {
        if (row.lastUsed().plus(LAST_USE).isBefore(clock.instant())) {
            sql.in(domainId)
                    .statement("update sign_in set last_used = :now where domain_id = :domain and id = :id")
                    .set("now", now())
                    .set("id", row.id())
                    .update();
        }
    }

    /** Whether a session of the realm was presented before and goes on. */
    public boolean isKnown(String domainId, String userId, Client client, String realmSession) {
        return !realmSession.isEmpty()
                && sql.in(domainId)
                        .statement(
                                "select s.id from sign_in s where s.domain_id = :domain and s.realm_session = :session"
                                        + " and s.client = :client and s.user_id = :user and " + GOES_ON)
                        .set("session", realmSession)
                        .set("client", client.code())
                        .set("user", userId)
                        .set("now", clock.instant())
                        .first(row -> row.text(1))
                        .isPresent();
    }

    /** Whether a sign-in goes on; that it was used is kept, to about a minute. */
    public boolean isLive(String domainId, String id) {
        Optional<Row> row = sql.in(domainId)
                .statement(
                        "select s.id, s.ended, s.last_used from sign_in s where s.domain_id = :domain and s.id = :id and "
                                + GOES_ON)
                .set("id", id)
                .set("now", clock.instant())
                .first(found -> new Row(found.text(1), found.instantOrNull(2), found.instant(3)))
                .filter(found -> found.ended() == null);
        row.ifPresent(found -> touch(domainId, found));
        return row.isPresent();
    }

    /** Where a user is signed in, latest use first. One's own, or with {@code manage-users} on the user. What is used while somebody turns pages goes to the first. */
    public Slice<SignInView> of(Caller caller, String userId, Cursor cursor) throws RefusedException {
        requireOwnOrManaged(caller, userId);
        List<SignInView> rows = sql.in(caller.domainId())
                .statement(
                        """
                        select id, client, address, user_agent, since, last_used from sign_in
                        where domain_id = :domain and user_id = :user and ended is null
                          and (client = 'program' or :now < until) and :now < timestampadd(second, idle_seconds, last_used)
                          and (:used is null or last_used < :used or last_used = :used and id < :last)
                        order by last_used desc, id desc limit :limit""")
                .set("user", userId)
                .set("now", clock.instant())
                .set("used", cursor.time(0))
                .set("last", cursor.id(1))
                .set("limit", cursor.fetch())
                .list(row -> new SignInView(
                        row.text(1),
                        Client.of(row.text(2)),
                        row.text(3),
                        row.textOrNull(4),
                        row.instant(5),
                        row.instant(6),
                        row.text(1).equals(caller.credential().id())));
        return cursor.slice(rows, row -> List.of(row.lastUsed().toString(), row.id()));
    }

    private void requireOwnOrManaged(Caller caller, String userId) throws RefusedException {
        if (!userId.equals(caller.userId())) {
            authorization.require(caller, Permission.MANAGE_USERS, userId);
        }
    }

    private record Ending(String id, @Nullable String realmSession, String userName, String client, String address) {}

    /**
     * Ends a user's sign-in here and at the realm. One's own, or with {@code manage-users} on the user.
     *
     * @throws RefusedException {@code FORBIDDEN} for who comes with an API token; {@code UNAVAILABLE} if the realm does not answer: then nothing has ended
     */
    public void end(Caller caller, String userId, String id) throws RefusedException {
        authorization.requirePerson(caller);
        requireOwnOrManaged(caller, userId);
        if (!Uuid7.isUuid(id)) {
            throw RefusedException.notFound();
        }
        Ending ending = sql.in(caller.domainId())
                .statement(
                        """
                        select s.id, s.realm_session, r.name, s.client, s.address from sign_in s join resource r on r.id = s.user_id
                        where s.domain_id = :domain and s.user_id = :user and s.id = :id and s.ended is null""")
                .set("user", userId)
                .set("id", id)
                .first(row -> new Ending(row.text(1), row.textOrNull(2), row.text(3), row.text(4), row.text(5)))
                .orElseThrow(RefusedException::notFound);
        // first: the realm tells of it at once, and whoever hears that ends the same rows
        if (ending.realmSession() != null) {
            realms.end(caller.domainId(), ending.realmSession());
            ends.ofRealmSession(caller.domainId(), ending.realmSession());
        }
        ends.of(caller.domainId(), id);
        audit.record(ended(caller, userId, ending.userName(), ending.client(), ending.address()));
    }

    private static AuditEvent ended(Caller caller, String userId, String userName, String client, String address) {
        return caller.did(Operation.SIGN_IN_ENDED, Outcome.SUCCESS)
                .on(userId, userName)
                .saying("%s at %s".formatted(client, address));
    }

    /** What the log says of the sign-ins that go on, of some users who are about to be deleted. */
    public List<AuditEvent> removals(Caller caller, Collection<String> users) {
        return sql.in(caller.domainId())
                .statement(
                        """
                        select s.user_id, r.name, s.client, s.address from sign_in s join resource r on r.id = s.user_id
                        where s.domain_id = :domain and s.user_id in (:users) and s.ended is null
                          and (s.client = 'program' or :now < s.until) and :now < timestampadd(second, s.idle_seconds, s.last_used)
                        order by s.id lock in share mode""")
                .set("users", users)
                .set("now", clock.instant())
                .list(row -> ended(caller, row.text(1), row.text(2), row.text(3), row.text(4)));
    }

    /** Says that one has ended here, in the transaction that records it; false if it had ended before. */
    public boolean signedOut(String domainId, String id) {
        return ends.of(domainId, id);
    }

    /** The same for all with a session of the realm, which has ended there. */
    public boolean endedAtRealm(String domainId, String realmSession) {
        return ends.ofRealmSession(domainId, realmSession);
    }

    /** The same, also where none with it came here yet: one that the realm vouched for before is on its way, perhaps. */
    public void endedAtRealm(String domainId, String userId, String realmSession) {
        boolean known = sql.in(domainId)
                .statement("select id from sign_in where domain_id = :domain and realm_session = :session limit 1")
                .set("session", realmSession)
                .first(row -> row.text(1))
                .isPresent();
        if (known) {
            endedAtRealm(domainId, realmSession);
        } else {
            sql.in(domainId)
                    .statement(
                            """
                            insert into sign_in (id, domain_id, user_id, client, realm_session, address, since, last_used, idle_seconds, until, ended)
                            values (:id, :domain, :user, 'browser', :session, '', :now, :now, 0, :now, :now)""")
                    .set("id", ids.next())
                    .set("user", userId)
                    .set("session", realmSession)
                    .set("now", now())
                    .update();
        }
    }

    /** The same for all with a company's provider. */
    public boolean endedOfProvider(String domainId, String provider) {
        return ends.ofProvider(domainId, provider);
    }

    /** The same for all of a user. */
    public boolean allEnded(String domainId, String userId) {
        return ends.ofUser(domainId, userId);
    }

    /** Forgets what nobody can come back with. Called now and then. */
    public void forget() {
        sql.acrossDomains()
                .statement("delete from sign_in where last_used < :limit limit 1000")
                .set("limit", clock.instant().minus(KEPT))
                .update();
    }
}

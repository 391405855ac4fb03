package org.bascule.domain.corporate;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.corporate.ProviderRealm.RealmUser;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.keycloak.Keycloak;
import org.bascule.domain.keycloak.KeycloakException;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.token.RealmSessions;
import org.bascule.domain.token.SignIns;

/**
 * Notices who has left (requirement IDN-7). A directory is asked about its users who can do anything, each within a minute or two, and their groups follow;
 * a directory that does not answer takes nothing away. Sign-ins with other providers end at the realm after an hour, so that the provider is asked again.
 */
@ApplicationScoped
public class Leavers {

    private static final Logger LOG = System.getLogger(Leavers.class.getName());
    private static final Duration EACH = Duration.ofMinutes(1);
    private static final int AT_ONCE = 200;
    /** What one directory may take of a sweep; the rest of its users come with the next. */
    private static final Duration SHARE = Duration.ofSeconds(15);

    @Inject
    Sql sql;

    @Inject
    Transactions transactions;

    @Inject
    ProviderStore store;

    @Inject
    CorporateUsers users;

    @Inject
    SignIns signIns;

    @Inject
    RealmSessions sessions;

    @Inject
    Identities identities;

    @Inject
    Keycloak keycloak;

    @Inject
    AuditLog audit;

    @Inject
    Clock clock;

    private record Due(String domainId, String userId, String name, String subject, String provider, Instant checked) {}

    private record Over(String domainId, String id, String userId, String name, String realmSession) {}

    /** Called again and again, on every node. */
    public void sweep() {
        if (keycloak.isConfigured()) {
            // what does not answer is not waited for again and again, and nobody waits for another's
            Set<String> failing = new HashSet<>();
            for (Over over : transactions.inNew(this::over)) {
                if (!failing.contains(over.domainId()) && !end(over)) {
                    failing.add(over.domainId());
                }
            }
            Set<String> silent = new HashSet<>();
            Map<String, Duration> spent = new HashMap<>();
            for (Due due : transactions.inNew(this::due)) {
                boolean left = spent.getOrDefault(due.provider(), Duration.ZERO).compareTo(SHARE) < 0;
                if (left && !silent.contains(due.provider())) {
                    long begun = System.nanoTime();
                    if (!check(due)) {
                        silent.add(due.provider());
                        putOff(due);
                    }
                    spent.merge(due.provider(), Duration.ofNanos(System.nanoTime() - begun), Duration::plus);
                }
            }
        }
    }

    /** A directory that is silent is asked again when its users are due again, and not about each of them. */
    private void putOff(Due due) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        transactions.inNew(() -> sql.in(due.domainId())
                .statement(
                        "update corporate_user set checked = :now"
                                + " where domain_id = :domain and provider_id = :provider and gone is null and checked < :before")
                .set("provider", due.provider())
                .set("now", now)
                .set("before", now.minus(EACH))
                .update());
    }

    private List<Over> over() {
        return sql.acrossDomains()
                .statement(
                        """
                        select domain_id, id, user_id, name, realm_session from (
                          select s.domain_id, s.id, s.user_id, r.name, coalesce(s.realm_session, '') realm_session, s.vouched_until,
                            row_number() over (partition by s.domain_id order by s.vouched_until) turn
                          from sign_in s join resource r on r.id = s.user_id
                          where s.vouched_until <= :now and s.ended is null) each_in_turn
                        order by turn, vouched_until limit :rows""")
                .set("now", clock.instant())
                .set("rows", AT_ONCE)
                .list(row -> new Over(row.text(1), row.text(2), row.text(3), row.text(4), row.text(5)));
    }

    /** It counts no more already; at the realm it must end too, or the same session would begin another one. */
    private boolean end(Over over) {
        try {
            if (!over.realmSession().isEmpty()) {
                sessions.end(over.domainId(), over.realmSession());
            }
            transactions.inNew(() -> {
                boolean ended = signIns.signedOut(over.domainId(), over.id());
                if (ended) {
                    audit.record(AuditEvent.of(over.domainId(), Actor.SERVER, Operation.SIGN_IN_ENDED, Outcome.SUCCESS)
                            .on(over.userId(), over.name())
                            .saying("the provider is to be asked again"));
                }
                return ended;
            });
            return true;
        } catch (RefusedException | RuntimeException e) {
            LOG.log(Level.WARNING, "a sign-in that is over cannot be ended at the realm: {0}", e.getMessage());
            return false;
        }
    }

    private List<Due> due() {
        return sql.acrossDomains()
                .statement(
                        """
                        select domain_id, user_id, name, subject, provider_id, checked from (
                        select c.domain_id, c.user_id, r.name, coalesce(u.subject, u.id) subject, c.provider_id, c.checked,
                          row_number() over (partition by c.provider_id order by c.checked) turn
                        from corporate_user c join identity_provider p on p.id = c.provider_id
                          join resource r on r.id = c.user_id join user_ref u on u.id = c.user_id
                        where c.checked < :before and c.gone is null and p.kind = 'ldap' and p.enabled
                          and (exists (select 1 from sign_in s where s.domain_id = c.domain_id and s.user_id = c.user_id and s.ended is null
                              and :now < timestampadd(second, s.idle_seconds, s.last_used))
                            or exists (select 1 from api_token t where t.domain_id = c.domain_id and t.user_id = c.user_id and t.expires > :now))) each_in_turn
                        order by turn, checked limit :rows""")
                .set("before", clock.instant().minus(EACH))
                .set("now", clock.instant())
                .set("rows", AT_ONCE)
                .list(row -> new Due(row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.instant(6)));
    }

    /** False if the directory cannot be asked. */
    private boolean check(Due due) {
        if (!transactions.inNew(() -> take(due))) {
            return true;
        }
        try {
            String realm = identities.domainOfId(due.domainId()).orElseThrow().realm();
            Optional<RealmUser> user = ProviderRealm.user(keycloak.realm(realm), due.subject());
            Optional<RealmUser> present = user.filter(RealmUser::enabled);
            if (user.isPresent() && present.isEmpty()) {
                // switched off in the directory, which ends no session of the realm
                ProviderRealm.signOut(keycloak.realm(realm), due.subject());
            }
            transactions.inNew(() -> {
                follow(due, present);
                return true;
            });
            return true;
        } catch (KeycloakException | RuntimeException e) {
            LOG.log(Level.WARNING, "a directory cannot be asked about its users: {0}", e.getMessage());
            return false;
        }
    }

    /** One node asks. */
    private boolean take(Due due) {
        return sql.in(due.domainId())
                        .statement("update corporate_user set checked = :now"
                                + " where domain_id = :domain and user_id = :user and checked = :before")
                        .set("user", due.userId())
                        .set("before", due.checked())
                        .set("now", clock.instant().truncatedTo(ChronoUnit.MILLIS))
                        .update()
                == 1;
    }

    private void follow(Due due, Optional<RealmUser> atRealm) {
        Actor user = new Actor(due.userId(), due.name(), null);
        store.find(due.domainId(), due.provider()).ifPresent(provider -> {
            if (atRealm.isPresent()) {
                users.follow(due.domainId(), user, provider, atRealm.get().groups());
            } else {
                users.gone(due.domainId(), user, provider);
            }
        });
    }
}

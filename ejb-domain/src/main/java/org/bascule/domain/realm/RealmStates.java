package org.bascule.domain.realm;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.DomainReference;

/** Which realms are behind template and settings, and which node works on them. */
@Stateless
public class RealmStates {

    /** For how long one node may work on a realm without saying so again. */
    static final Duration LEASE = Duration.ofMinutes(2);

    private static final int MAX_ERROR = 300;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    private static final Duration MAX_PAUSE = Duration.ofMinutes(15);
    private static final int AT_ONCE = 20;

    @Inject
    Sql sql;

    @Inject
    RealmTemplate template;

    @Inject
    Settings settings;

    @Inject
    Clock clock;

    /** Domains whose realm is to be brought up now, those that have waited longest first. A realm that has a newer template is left alone. */
    public List<DomainReference> due(byte[] base) {
        return sql.acrossDomains()
                .statement(
                        """
                        select d.id, d.name, d.realm from domain d
                          left join sign_in_setting s on s.domain_id = d.id left join realm_state r on r.domain_id = d.id
                        where (r.domain_id is null or r.applied_base is null or r.applied_base <> :base
                            or r.applied_version <> coalesce(s.version, 0) or r.applied_providers <> coalesce(s.providers_version, 0))
                          and coalesce(r.applied_template, 0) <= :template
                          and (r.next_attempt is null or r.next_attempt <= :now) and (r.lease_until is null or r.lease_until <= :now)
                        order by r.next_attempt, d.id limit :rows""")
                .set("base", base)
                .set("template", template.version())
                .set("now", clock.instant())
                .set("rows", AT_ONCE)
                .list(row ->
                        new DomainReference(row.text(1), row.text(2), row.text(3), settings.issuerOf(row.text(3))));
    }

    /** Takes the work on a realm; false if another node has it. */
    public boolean take(String domainId) {
        Instant now = clock.instant();
        sql.in(domainId)
                .statement(
                        "insert into realm_state (domain_id) values (:domain) on duplicate key update attempts = attempts")
                .update();
        return sql.in(domainId)
                        .statement("update realm_state set lease_until = :until where domain_id = :domain"
                                + " and (lease_until is null or lease_until <= :now)")
                        .set("until", now.plus(LEASE))
                        .set("now", now)
                        .update()
                == 1;
    }

    /** The realm is as it is to be. */
    public void applied(String domainId, byte[] base, long version, long providers) {
        sql.in(domainId)
                .statement(
                        """
                        insert into realm_state (domain_id, applied_template, applied_base, applied_version, applied_providers, applied)
                        values (:domain, :template, :base, :version, :providers, :now)
                        on duplicate key update applied_template = :template, applied_base = :base, applied_version = :version,
                          applied_providers = :providers,
                          applied = :now, attempts = 0, next_attempt = null, last_error = null, lease_until = null""")
                .set("template", template.version())
                .set("base", base)
                .set("version", version)
                .set("providers", providers)
                .set("now", clock.instant())
                .update();
    }

    /** It failed, and is tried again later, each time after twice as long. Returns how many attempts had failed before. */
    public long failed(String domainId, String error) {
        long attempts = sql.in(domainId)
                .statement("select attempts from realm_state where domain_id = :domain")
                .number();
        sql.in(domainId)
                .statement("update realm_state set attempts = attempts + 1, next_attempt = :next, last_error = :error,"
                        + " lease_until = null where domain_id = :domain")
                .set("next", clock.instant().plus(pause(attempts)))
                .set("error", shortened(error))
                .update();
        return attempts;
    }

    /** After so many attempts that failed before this one. */
    static Duration pause(long attempts) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts, 16));
        return pause.compareTo(MAX_PAUSE) < 0 ? pause : MAX_PAUSE;
    }

    static String shortened(String error) {
        return error.length() <= MAX_ERROR ? error : error.substring(0, MAX_ERROR);
    }

    /** Whether the domain's realm has its present settings. */
    public RealmState state(String domainId) {
        RealmState state = states(List.of(domainId)).get(domainId);
        if (state == null) {
            throw new IllegalStateException("there is no domain " + domainId);
        }
        return state;
    }

    /** The same of several domains, by their ids. */
    public Map<String, RealmState> states(Collection<String> domains) {
        Map<String, RealmState> states = new HashMap<>();
        if (domains.isEmpty()) {
            return states;
        }
        sql.acrossDomains()
                .statement(
                        """
                        select coalesce(r.applied_base = :base and r.applied_version = coalesce(s.version, 0)
                          and r.applied_providers = coalesce(s.providers_version, 0), false), r.last_error, d.id
                        from domain d left join sign_in_setting s on s.domain_id = d.id left join realm_state r on r.domain_id = d.id
                        where d.id in (:ids)""")
                .set("base", template.base())
                .set("ids", domains)
                .list(row -> states.put(row.text(3), new RealmState(row.flag(1), row.textOrNull(2))));
        return states;
    }
}

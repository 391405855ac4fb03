package org.bascule.domain.account;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Transactions;
import org.jspecify.annotations.Nullable;

/**
 * Whether users may do anything at all: asked at the sign-in and at every request. Answers come from memory; they are read anew when anything about the
 * domain's rights, users or accounts was changed, here at once and on other nodes within a second or two. An end is noticed when it comes.
 */
@ApplicationScoped
public class AccountStates {

    private static final int MAX_DOMAINS = 1_000;

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    Transactions transactions;

    @Inject
    Clock clock;

    private record Restriction(boolean enabled, @Nullable Instant expires) {}

    /** Those who are not allowed everything for ever; few. */
    private record Held(long version, Map<String, Restriction> restricted) {}

    private final Map<String, Held> held = new ConcurrentHashMap<>();

    /** The state of a user of the domain, by the domain's id of the user. */
    public AccountState state(String domainId, String userId) {
        Restriction restriction = restricted(domainId).get(userId);
        if (restriction == null) {
            return AccountState.ACTIVE;
        }
        if (!restriction.enabled()) {
            return AccountState.DISABLED;
        }
        Instant expires = restriction.expires();
        return expires != null && !clock.instant().isBefore(expires) ? AccountState.EXPIRED : AccountState.ACTIVE;
    }

    /** The first time after this one at which an account of the domain ends; {@link Instant#MAX} if none does. */
    public Instant nextEnd(String domainId, Instant after) {
        return restricted(domainId).values().stream()
                .map(Restriction::expires)
                .filter(expires -> expires != null && expires.isAfter(after))
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }

    private Map<String, Restriction> restricted(String domainId) {
        long version = authorization.rightsVersion(domainId);
        Held known = held.get(domainId);
        if (known != null && known.version() == version) {
            return known.restricted();
        }
        // not by the present transaction, which may look at the past
        Map<String, Restriction> read = transactions.inNew(() -> read(domainId));
        if (held.size() >= MAX_DOMAINS) {
            held.clear();
        }
        held.put(domainId, new Held(version, read));
        return read;
    }

    private Map<String, Restriction> read(String domainId) {
        Map<String, Restriction> restricted = new HashMap<>();
        sql.in(domainId)
                .statement("select id, enabled, expires from user_ref where domain_id = :domain"
                        + " and (not enabled or expires is not null)")
                .list(row -> restricted.put(row.text(1), new Restriction(row.flag(2), row.instantOrNull(3))));
        return restricted;
    }
}

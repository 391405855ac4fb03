package org.bascule.domain.corporate;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.corporate.CorporateUsers.Vouched;
import org.bascule.domain.corporate.NotAdmittedException.Reason;
import org.bascule.domain.corporate.ProviderRealm.RealmUser;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.DomainReference;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.keycloak.AdminConnection;
import org.bascule.domain.keycloak.Keycloak;
import org.bascule.domain.keycloak.KeycloakException;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * What a sign-in has to do with the domain's providers (requirement IDN-7): whether it is taken at all, how long it lasts, which groups the user is in for
 * it. To be asked at each sign-in, before it counts.
 */
@Stateless
public class CorporateSignIns {

    /** Who comes with a provider that does not tell who left is asked again after this. */
    static final Duration LONGEST = Duration.ofHours(1);

    @Inject
    Sql sql;

    @Inject
    ProviderStore store;

    @Inject
    CorporateUsers users;

    @Inject
    Identities identities;

    @Inject
    Keycloak keycloak;

    @Inject
    Clock clock;

    /**
     * On what terms a sign-in is taken.
     *
     * @param provider who vouched; null: the domain's own realm
     * @param until at the latest; null: as long as others
     */
    public record Admission(@Nullable String provider, @Nullable Instant until) {

        public static final Admission OWN = new Admission(null, null);
    }

    private record Rule(boolean corporateOnly, @Nullable String breakGlass) {}

    /**
     * Whether a provider's people may be those for whom rights were prepared by name: a partner says who its people are, not who ours are. Whoever hides
     * that a provider brought him is refused by {@link #admit}, in the same transaction.
     */
    public boolean isTrustedWithNames(String domainId, @Nullable String provider) {
        return provider == null
                || store.find(domainId, provider)
                        .filter(one -> one.partner() == null)
                        .isPresent();
    }

    /**
     * Takes a sign-in, or refuses it.
     *
     * @param subject who it is at the realm
     * @param provider by which provider the realm says that the user came; null if it says none, as for a directory's users
     * @param vouchedAt when the provider said so, and not when the user proved something to the realm itself; null, if the realm told none: too long ago
     * @throws NotAdmittedException if this way does not lead in
     * @throws RefusedException {@code UNAVAILABLE} if the realm cannot be asked
     */
    public Admission admit(Caller caller, String subject, @Nullable String provider, @Nullable Instant vouchedAt)
            throws NotAdmittedException, RefusedException {
        String domainId = caller.domainId();
        List<StoredProvider> providers = store.all(domainId);
        Rule rule = rule(domainId);
        Optional<Vouched> known = users.find(domainId, caller.userId());
        Optional<RealmUser> atRealm = provider != null || directoryMayVouch(providers, known)
                ? Optional.of(atRealm(domainId, subject))
                : Optional.empty();
        String vouching =
                provider != null ? provider : atRealm.map(RealmUser::directory).orElse("");
        if (vouching.isEmpty()) {
            if (known.isPresent()) {
                // a password that came about later must not outlive what the provider says
                throw new NotAdmittedException(Reason.PROVIDER_MISSING);
            }
            if (rule.corporateOnly() && !caller.userId().equals(rule.breakGlass())) {
                throw new NotAdmittedException(Reason.CORPORATE_ONLY);
            }
            if (brokersMayVouch(providers) && isLinked(domainId, subject)) {
                // somebody whom a provider brought to the realm and who never came here that way
                throw new NotAdmittedException(Reason.PROVIDER_MISSING);
            }
            return Admission.OWN;
        }
        StoredProvider vouched = providers.stream()
                .filter(one -> one.id().equals(vouching) && one.enabled())
                .findFirst()
                .orElseThrow(() -> new NotAdmittedException(Reason.PROVIDER_OFF));
        Instant ends =
                vouched.partner() == null ? Instant.MAX : vouched.partner().ends();
        if (!clock.instant().isBefore(ends)) {
            throw new NotAdmittedException(Reason.PARTNER_ENDED);
        }
        Instant until = until(vouched, vouchedAt, ends);
        if (until != null && !clock.instant().isBefore(until)) {
            throw new NotAdmittedException(Reason.VOUCHED_LONG_AGO);
        }
        RealmUser user = atRealm.orElseThrow();
        if (users.vouched(domainId, caller.userId(), vouched).equals(vouched.id())) {
            users.follow(domainId, caller.actor(), vouched, user.groups());
        }
        return new Admission(vouched.id(), until);
    }

    private Rule rule(String domainId) {
        return sql.in(domainId)
                .statement("select corporate_only, break_glass from sign_in_setting where domain_id = :domain")
                .first(row -> new Rule(row.flag(1), row.textOrNull(2)))
                .orElse(new Rule(false, null));
    }

    private static boolean brokersMayVouch(List<StoredProvider> providers) {
        return providers.stream().anyMatch(one -> one.way().kind() != Kind.LDAP);
    }

    /** The realm's word: here a provider's user is known only once a sign-in was finished. */
    private boolean isLinked(String domainId, String subject) throws RefusedException {
        DomainReference domain = identities.domainOfId(domainId).orElseThrow(RefusedException::notFound);
        try {
            return ProviderRealm.isLinked(keycloak.realm(domain.realm()), subject);
        } catch (KeycloakException e) {
            throw unavailable();
        }
    }

    /** The realm alone knows which of its users are a directory's. */
    private static boolean directoryMayVouch(List<StoredProvider> providers, Optional<Vouched> known) {
        return providers.stream()
                .anyMatch(one -> one.way().kind() == Kind.LDAP
                        && (one.enabled()
                                || known.filter(user -> user.providerId().equals(one.id()))
                                        .isPresent()));
    }

    private RealmUser atRealm(String domainId, String subject) throws NotAdmittedException, RefusedException {
        DomainReference domain = identities.domainOfId(domainId).orElseThrow(RefusedException::notFound);
        try {
            AdminConnection realm = keycloak.realm(domain.realm());
            return ProviderRealm.user(realm, subject)
                    .filter(RealmUser::enabled)
                    .orElseThrow(() -> new NotAdmittedException(Reason.ACCOUNT_GONE));
        } catch (KeycloakException e) {
            throw unavailable();
        }
    }

    private static RefusedException unavailable() {
        return new RefusedException(
                Problem.UNAVAILABLE, "The identity provider does not answer. Try again in a moment.");
    }

    private @Nullable Instant until(StoredProvider provider, @Nullable Instant vouchedAt, Instant ends) {
        if (provider.way().kind() == Kind.LDAP) {
            return null;
        }
        Instant until = vouchedAt == null ? Instant.EPOCH : vouchedAt.plus(LONGEST);
        return until.isBefore(ends) ? until : ends;
    }
}

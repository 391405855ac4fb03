package org.bascule.web.login;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;
import org.bascule.domain.account.AccountStates;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.corporate.CorporateSignIns;
import org.bascule.domain.corporate.CorporateSignIns.Admission;
import org.bascule.domain.corporate.IdentityProviders;
import org.bascule.domain.corporate.NotAdmittedException;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.guard.Guard;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.identity.DomainReference;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.identity.LoginEventStore;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.live.LiveEvents;
import org.bascule.domain.realm.SecondFactorRule;
import org.bascule.domain.realm.SignInSettings;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.token.ApiTokenSecret;
import org.bascule.domain.token.ApiTokens;
import org.bascule.domain.token.PresentedToken;
import org.bascule.domain.token.RealmSessions;
import org.bascule.domain.token.SignIns;
import org.bascule.web.login.LoginRefusedException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * The login's view of the domain module. What is asked at every request is kept for a
 * second, and forgotten when a sign-in, a token, an account or a right is changed here.
 */
@ApplicationScoped
class DomainDirectory implements Realms, LoginJournal {

    private static final System.Logger LOG = System.getLogger(DomainDirectory.class.getName());

    @Inject
    Identities identities;

    @Inject
    AuditLog log;

    @Inject
    SignIns signIns;

    @Inject
    RealmSessions realmSessions;

    @Inject
    ApiTokens tokens;

    @Inject
    CorporateSignIns corporate;

    @Inject
    IdentityProviders providers;

    @Inject
    AccountStates accounts;

    @Inject
    SecondFactorRule rule;

    @Inject
    LoginEventStore events;

    @Inject
    Guard guard;

    @Inject
    LiveEvents live;

    @Inject
    Transactions transactions;

    private final Clock clock;
    private final Recent<String, Realm> issuers;
    private final Recent<Proof, Identity> bearers;
    private final Recent<String, Identity> presented;
    private final Recent<String, Boolean> going;
    private final Consumer<LiveEvent> listener = this::changed;

    DomainDirectory() {
        this(Clock.systemUTC());
    }

    DomainDirectory(Clock clock) {
        this.clock = clock;
        this.issuers = new Recent<>(clock, Recent.SECOND);
        this.bearers = new Recent<>(clock, Recent.SECOND);
        this.presented = new Recent<>(clock, Recent.SECOND);
        this.going = new Recent<>(clock, Recent.SECOND);
    }

    @PostConstruct
    void start() {
        live.register(listener);
    }

    @PreDestroy
    void stop() {
        live.unregister(listener);
    }

    private void changed(LiveEvent event) {
        if (event instanceof LiveEvent.CredentialEnded
                || event instanceof LiveEvent.PrincipalChanged
                || event instanceof LiveEvent.RightsChanged) {
            bearers.forget();
            presented.forget();
            going.forget();
        }
    }

    @Override
    public Optional<Realm> ofDomain(String domainName) {
        return identities.domainOfName(domainName).map(DomainDirectory::realm);
    }

    @Override
    public Optional<Realm> ofIssuer(String issuer) {
        return issuers.find(issuer, () -> identities.domainOfIssuer(issuer).map(DomainDirectory::realm));
    }

    @Override
    public Optional<String> onlyProvider(Realm realm) {
        return providers.onlyWay(realm.domainId());
    }

    private static Realm realm(DomainReference domain) {
        return new Realm(domain.issuer(), domain.id(), domain.name());
    }

    /** Whoever comes by a way that does not lead in is signed out of the realm, which would send him back that way at once and offer no other. */
    @Override
    public Identity signedIn(Proof proof, Origin origin) throws LoginRefusedException {
        try {
            return transactions.<Identity, LoginRefusedException>inNew(() -> takenIn(proof, origin));
        } catch (LoginRefusedException e) {
            if (e.reason().isOfTheWay() && !proof.realmSession().isEmpty()) {
                endAtRealm(proof);
            }
            throw e;
        }
    }

    private void endAtRealm(Proof proof) {
        try {
            realmSessions.end(proof.realm().domainId(), proof.realmSession());
        } catch (RefusedException e) {
            LOG.log(Level.WARNING, "The realm keeps the session of a sign-in that was refused", e);
        }
    }

    private Identity takenIn(Proof proof, Origin origin) throws LoginRefusedException {
        SignInSettings.Session session = session(proof.realm());
        Instant last = clock.instant().plus(Duration.ofHours(session.maxHours()));
        Identity identity = takeIn(proof.until(last), SignIns.Client.BROWSER, origin);
        Caller caller = identity.callerFrom(origin.address());
        identities.signedIn(caller.domainId(), caller.userId(), clock.instant());
        return identity;
    }

    @Override
    public Duration idle(Realm realm) {
        return Duration.ofMinutes(session(realm).idleMinutes());
    }

    private SignInSettings.Session session(Realm realm) {
        return rule.settings(realm.domainId()).session();
    }

    @Override
    public Identity seen(Proof proof, Origin origin) throws LoginRefusedException {
        return bearers.get(
                proof,
                () -> transactions.<Identity, LoginRefusedException>inNew(
                        () -> takeIn(proof, SignIns.Client.PROGRAM, origin)));
    }

    private Identity takeIn(Proof proof, SignIns.Client client, Origin origin) throws LoginRefusedException {
        try {
            boolean named = corporate.isTrustedWithNames(proof.realm().domainId(), proof.provider());
            Caller caller = identities.signIn(proof.signInFrom(origin.address(), named));
            boolean goesOn = client == SignIns.Client.PROGRAM
                    && signIns.isKnown(caller.domainId(), caller.userId(), client, proof.realmSession());
            @Nullable
            Admission admission =
                    goesOn ? null : corporate.admit(caller, proof.subject(), proof.provider(), proof.vouchedAt());
            // a token without a session is of no sign-in that could be shown or ended
            String signIn = proof.realmSession().isEmpty() && client == SignIns.Client.PROGRAM
                    ? null
                    : signIns.present(
                                    caller.domainId(),
                                    caller.userId(),
                                    new SignIns.Presented(
                                            client,
                                            proof.realmSession(),
                                            proof.issued(),
                                            origin.address(),
                                            origin.userAgent(),
                                            client == SignIns.Client.BROWSER ? idle(proof.realm()) : SignIns.PROGRAM,
                                            client == SignIns.Client.BROWSER
                                                    ? proof.until()
                                                    : clock.instant().plus(SignIns.PROGRAM),
                                            admission == null ? null : admission.provider(),
                                            admission == null ? null : admission.until()))
                            .orElseThrow(() -> new LoginRefusedException(Reason.DENIED, "the sign-in has ended"));
            @Nullable Instant last = admission == null ? null : admission.until();
            return (last == null ? proof : proof.until(last))
                    .of(caller.by(new Credential(signIn, proof.secondFactorAt(), null)));
        } catch (NotAdmittedException e) {
            throw new LoginRefusedException(
                    reason(e.reason()), "the domain does not take the sign-in: " + e.reason(), e);
        } catch (RefusedException e) {
            if (e.problem() == Problem.UNAVAILABLE) {
                throw new LoginRefusedException(Reason.PROVIDER, "the realm cannot be asked about the user", e);
            }
            throw new LoginRefusedException(Reason.DENIED, "the domain does not take the user", e);
        }
    }

    private static Reason reason(NotAdmittedException.Reason why) {
        return switch (why) {
            case PROVIDER_OFF -> Reason.PROVIDER_OFF;
            case PARTNER_ENDED -> Reason.PARTNER_ENDED;
            case PROVIDER_MISSING -> Reason.PROVIDER_MISSING;
            case CORPORATE_ONLY -> Reason.CORPORATE_ONLY;
            case VOUCHED_LONG_AGO -> Reason.VOUCHED_LONG_AGO;
            case ACCOUNT_GONE -> Reason.DENIED;
        };
    }

    @Override
    public Identity seen(ApiTokenSecret token, Origin origin) throws LoginRefusedException {
        Identity identity = presented.get(HexFormat.of().formatHex(token.hash()), () -> find(token, origin.address()));
        if (!clock.instant().isBefore(identity.until())) {
            throw new LoginRefusedException(Reason.EXPIRED, "the API token has expired");
        }
        return identity;
    }

    /** Nothing is looked up for who is blocked. A token that has expired is known, and no guess. */
    private Identity find(ApiTokenSecret token, String address) throws LoginRefusedException {
        if (!guard.blockedFor(address).isZero()) {
            throw new LoginRefusedException(Reason.BLOCKED, "the address is blocked");
        }
        return tokens.presented(token, address)
                .map(DomainDirectory::identity)
                .orElseThrow(() -> tokens.isKnown(token)
                        ? new LoginRefusedException(Reason.EXPIRED, "the API token has expired")
                        : new LoginRefusedException(Reason.UNKNOWN_TOKEN, "the API token is nobody's"));
    }

    private static Identity identity(PresentedToken token) {
        return new Identity(
                realm(token.domain()),
                token.subject(),
                token.userId(),
                token.userName(),
                null,
                null,
                Identity.Way.BEARER,
                token.expires(),
                token.credential());
    }

    @Override
    public Standing standing(Identity identity) {
        Standing account = account(identity);
        if (account == Standing.DISABLED || account == Standing.EXPIRED) {
            return account;
        }
        String key = identity.getName() + " " + identity.credential().id();
        return going.get(key, () -> transactions.inNew(() -> isLive(identity))) ? account : Standing.ENDED;
    }

    @Override
    public Standing account(Identity identity) {
        String domain = identity.realm().domainId();
        Standing account =
                switch (accounts.state(domain, identity.userId())) {
                    case ACTIVE -> Standing.GOOD;
                    case DISABLED -> Standing.DISABLED;
                    case EXPIRED -> Standing.EXPIRED;
                };
        boolean missing = account == Standing.GOOD
                && identity.credential().secondFactorAt() == null
                && rule.isRequired(domain, identity.userId());
        return missing ? Standing.NO_SECOND_FACTOR : account;
    }

    private boolean isLive(Identity identity) {
        String credential = identity.credential().id();
        // a token that has ended is not found in the first place
        return credential == null
                || identity.credential().isToken()
                || signIns.isLive(identity.realm().domainId(), credential);
    }

    @Override
    @Transactional
    public void signedOut(Identity identity, Origin origin) {
        Caller caller = identity.callerFrom(origin.address());
        String signIn = identity.credential().id();
        if (signIn != null) {
            if (!signIns.signedOut(caller.domainId(), signIn)) {
                // it has ended before, which is recorded
                return;
            }
            events.loggedOut(caller.domainId(), signIn);
        }
        log.record(caller.did(Operation.LOGOUT, Outcome.SUCCESS)
                .saying(
                        origin.userAgent() == null
                                ? "browser: logout"
                                : "browser: logout, with " + origin.userAgent()));
    }

    @Override
    @Transactional
    public void endedAtRealm(String issuer, @Nullable String realmSession, @Nullable String subject) {
        identities.domainOfIssuer(issuer).ifPresent(domain -> {
            Optional<String> user = subject == null
                    ? Optional.empty()
                    : identities.actor(domain.id(), subject, null).map(Actor::userId);
            if (realmSession == null) {
                user.ifPresent(id -> signIns.allEnded(domain.id(), id));
            } else if (user.isPresent()) {
                signIns.endedAtRealm(domain.id(), user.get(), realmSession);
            } else {
                signIns.endedAtRealm(domain.id(), realmSession);
            }
        });
    }

    @Override
    public void refused(Realm realm, Reason reason, String address) {
        log.recordRefused(AuditEvent.of(realm.domainId(), Actor.unknown(null, address), Operation.LOGIN, Outcome.DENIED)
                .saying(reason.code()));
    }
}

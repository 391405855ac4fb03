package org.bascule.web.login;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.DomainReference;
import org.bascule.domain.identity.EndedLogins;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.web.login.LoginRefusedException.Reason;
import org.jspecify.annotations.Nullable;

/** The login's view of the domain module. A login and its audit record are stored together, or neither is. */
@ApplicationScoped
class DomainDirectory implements Realms, LoginJournal {

    @Inject
    Identities identities;

    @Inject
    AuditLog log;

    @Inject
    EndedLogins ended;

    @Override
    public Optional<Realm> ofDomain(String domainName) {
        return identities.domainOfName(domainName).map(DomainDirectory::realm);
    }

    @Override
    public Optional<Realm> ofIssuer(String issuer) {
        return identities.domainOfIssuer(issuer).map(DomainDirectory::realm);
    }

    private static Realm realm(DomainReference domain) {
        return new Realm(domain.issuer(), domain.id(), domain.name());
    }

    @Override
    @Transactional(rollbackOn = Exception.class)
    public Identity signedIn(Proof proof, String realmSession, String address) throws LoginRefusedException {
        Identity identity = takeIn(proof, address);
        Caller caller = identity.callerFrom(address);
        if (!realmSession.isEmpty()) {
            ended.begun(caller.domainId(), realmSession);
        }
        identities.signedIn(caller.domainId(), caller.userId(), Instant.now());
        log.record(caller.did(Operation.LOGIN, Outcome.SUCCESS));
        return identity;
    }

    @Override
    public Identity seen(Proof proof, String address) throws LoginRefusedException {
        return takeIn(proof, address);
    }

    private Identity takeIn(Proof proof, String address) throws LoginRefusedException {
        try {
            return proof.of(identities.signIn(proof.signInFrom(address)));
        } catch (RefusedException e) {
            throw new LoginRefusedException(Reason.DENIED, "the domain does not take the user", e);
        }
    }

    @Override
    @Transactional
    public void signedOut(Identity identity, String realmSession, String address) {
        Caller caller = identity.callerFrom(address);
        if (!realmSession.isEmpty()) {
            ended.end(caller.domainId(), realmSession);
        }
        log.record(caller.did(Operation.LOGOUT, Outcome.SUCCESS));
    }

    @Override
    @Transactional
    public void endedAtRealm(String issuer, @Nullable String realmSession, @Nullable String subject) {
        identities.domainOfIssuer(issuer).ifPresent(domain -> {
            if (realmSession != null && !ended.end(domain.id(), realmSession)) {
                return;
            }
            Actor user = Optional.ofNullable(subject)
                    .flatMap(id -> identities.actor(domain.id(), id, null))
                    .orElseGet(() -> Actor.unknown(null, null));
            log.record(AuditEvent.of(domain.id(), user, Operation.LOGOUT, Outcome.SUCCESS)
                    .saying("at the realm"));
        });
    }

    @Override
    public void refused(Realm realm, Reason reason, String address) {
        log.recordRefused(AuditEvent.of(realm.domainId(), Actor.unknown(null, address), Operation.LOGIN, Outcome.DENIED)
                .saying(reason.name().toLowerCase(Locale.ROOT).replace('_', '-')));
    }
}

package org.bascule.domain.identity;

import jakarta.ejb.Stateless;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.refusal.RefusedException;

/** Finds domains, and the users that sign in to them. */
@Stateless
public class Identities {

    /** The domain of a name (case does not matter), for the sign-in page. */
    public Optional<DomainReference> domainOfName(String name) {
        throw new UnsupportedOperationException();
    }

    /** The domain whose realm issued a token: the only way from a token to a domain. */
    public Optional<DomainReference> domainOfIssuer(String issuer) {
        throw new UnsupportedOperationException();
    }

    public Optional<DomainReference> domainOfId(String id) {
        throw new UnsupportedOperationException();
    }

    public List<DomainReference> domains() {
        throw new UnsupportedOperationException();
    }

    /**
     * The caller behind a verified token. An unknown user gets a reference without rights; a changed name is taken over. Not audited: use it
     * for every bearer request and, followed by an audit record, for a sign-in.
     *
     * @throws RefusedException {@code FORBIDDEN} if no domain has this issuer, or the subject belongs to another domain
     */
    public Caller signIn(SignIn signIn) throws RefusedException {
        throw new UnsupportedOperationException();
    }
}

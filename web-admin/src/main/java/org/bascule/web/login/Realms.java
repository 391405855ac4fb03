package org.bascule.web.login;

import java.util.Optional;

/** The realms of the domains of this installation. Each realm belongs to one domain. */
interface Realms {

    Optional<Realm> ofDomain(String domainName);

    /** The realm that issues under this exact name. */
    Optional<Realm> ofIssuer(String issuer);

    /** The company's provider to which a browser goes at once, where people sign in with it alone. */
    Optional<String> onlyProvider(Realm realm);
}

package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.Optional;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Language;
import org.bascule.domain.session.ClientKind;
import org.bascule.web.login.Identity;
import org.bascule.web.login.Requests;
import org.bascule.web.login.SignedIn;
import org.bascule.web.problem.ProblemCode;
import org.bascule.web.problem.ProblemException;
import org.bascule.web.site.Site;

/** Who makes the present request. */
@RequestScoped
public class CurrentCaller {

    @Inject
    private HttpServletRequest request;

    @Inject
    private Site site;

    /** The caller; without one the request ends with 401. */
    public Caller get() {
        return identity().callerFrom(address());
    }

    /** The same; empty for somebody who has not signed in. */
    Optional<Caller> known() {
        return Requests.identity(request).map(identity -> identity.callerFrom(address()));
    }

    Identity identity() {
        return Requests.identity(request).orElseThrow(() -> ProblemException.of(ProblemCode.NOT_SIGNED_IN));
    }

    Optional<SignedIn> login() {
        return Requests.login(request);
    }

    ClientKind kind() {
        return identity().way() == Identity.Way.COOKIE ? ClientKind.BROWSER : ClientKind.NATIVE;
    }

    /** The one for sentences in answers. */
    Language language() {
        return Language.preferred(request.getHeader(HttpHeaders.ACCEPT_LANGUAGE));
    }

    String address() {
        return site.proxies().client(request);
    }
}

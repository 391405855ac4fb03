package org.bascule.web.login;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.web.problem.ProblemCode;
import org.bascule.web.site.Site;
import org.jspecify.annotations.Nullable;

/**
 * Records what is refused to somebody who is known before any operation is asked (row AUD-1): what another site made his browser send, and changes by
 * somebody whose account has ended or who owes a second factor. What is too much of one user is only counted, as all refused attempts are.
 */
@ApplicationScoped
public class RefusedRequests {

    /** Both texts are hostile; nothing of the one cuts off the other. */
    private static final int MAX_TEXT = 300;

    @Inject
    private AuditLog audit;

    @Inject
    private Site site;

    /** Nothing that the request names is looked up, so nothing but its address tells what it was about. */
    public void record(ProblemCode why, Identity who, HttpServletRequest request) {
        audit.recordRefused(who.callerFrom(site.proxies().client(request))
                .did(Operation.ACCESS, Outcome.DENIED)
                .saying(detail(why, request.getMethod(), request.getRequestURI(), request.getHeader("Origin"))));
    }

    static String detail(ProblemCode why, String method, String address, @Nullable String origin) {
        return "%s: %s %s%s"
                .formatted(
                        why.code(),
                        cut(method),
                        cut(withoutCode(address)),
                        origin == null ? "" : ", from " + cut(origin));
    }

    /** The code of a machine that waits to be let in is for whoever was told it. */
    private static String withoutCode(String address) {
        return address.replaceFirst("/api/pairings/[^/]+", "/api/pairings/…");
    }

    private static String cut(String text) {
        return text.substring(0, Math.min(MAX_TEXT, text.length()));
    }
}

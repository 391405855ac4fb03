package org.bascule.web.api;

import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.bascule.web.login.ForgeryRules;
import org.bascule.web.login.RefusedRequests;
import org.bascule.web.login.Requests;
import org.bascule.web.login.SignedIn;
import org.bascule.web.problem.Problem;
import org.bascule.web.problem.ProblemCode;
import org.bascule.web.site.RateLimit;
import org.bascule.web.site.Site;

/** Stands before {@code /api}: forged requests, announced sizes, rates. Who the caller is was decided before. */
public class ApiGuard extends HttpFilter {

    /** Characters of a query: the longest that an operation understands, percent-encoded, fits in. */
    static final int MAX_QUERY = 8_000;

    private static final String PAIRING = "/api/pair/";

    /** What strangers may call that costs something without a secret that could be wrong: guesses are counted where the secret is looked at. */
    private static final Map<String, RateLimit> LIMITS = Map.of(
            "/api/enrol/reset",
            new RateLimit(30, Duration.ofMinutes(1), Clock.systemUTC()),
            "/api/pair",
            new RateLimit(30, Duration.ofMinutes(1), Clock.systemUTC()),
            PAIRING,
            new RateLimit(600, Duration.ofMinutes(1), Clock.systemUTC()),
            "/api/relays/heartbeat",
            new RateLimit(120, Duration.ofMinutes(1), Clock.systemUTC()),
            "/api/relays/traffic",
            new RateLimit(120, Duration.ofMinutes(1), Clock.systemUTC()),
            "/api/sign-in",
            new RateLimit(60, Duration.ofMinutes(1), Clock.systemUTC()));

    @Inject
    private transient Site site;

    @Inject
    private transient ForgeryRules forgery;

    @Inject
    private transient RefusedRequests refused;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        response.setHeader("Cache-Control", "no-store");
        Optional<ProblemCode> refusal = refusal(request);
        if (refusal.isPresent()) {
            if (refusal.get() == ProblemCode.TOO_MANY_REQUESTS) {
                response.setHeader("Retry-After", "30");
            }
            Problem.of(refusal.get()).send(request, response);
        } else {
            chain.doFilter(request, new WithoutErrorPages(request, response));
        }
    }

    /** A header that the framework cannot read never comes to a resource: the framework asks for an error page, which would be the server's own. */
    private static final class WithoutErrorPages extends HttpServletResponseWrapper {

        private final HttpServletRequest request;

        WithoutErrorPages(HttpServletRequest request, HttpServletResponse response) {
            super(response);
            this.request = request;
        }

        @Override
        public void sendError(int status) throws IOException {
            Problem.of(Problems.code(status)).send(request, (HttpServletResponse) getResponse());
        }

        @Override
        public void sendError(int status, String message) throws IOException {
            sendError(status);
        }
    }

    /** Machines that wait for an administrator ask at paths of their own. */
    private static String limited(String path) {
        return path.startsWith(PAIRING) ? PAIRING : path;
    }

    private Optional<ProblemCode> refusal(HttpServletRequest request) {
        RateLimit limit = LIMITS.get(limited(Requests.path(request)));
        if (limit != null && !limit.admits(site.proxies().client(request))) {
            return Optional.of(ProblemCode.TOO_MANY_REQUESTS);
        }
        if (request.getContentLengthLong() > BodyLimit.of(request)) {
            return Optional.of(ProblemCode.TOO_LARGE);
        }
        String query = request.getQueryString();
        if (query != null && query.length() > MAX_QUERY) {
            return Optional.of(ProblemCode.URI_TOO_LONG);
        }
        Optional<SignedIn> login = Requests.login(request);
        if (login.isPresent()
                && !forgery.allowsChange(
                        request.getMethod(),
                        login.get(),
                        request.getHeader("Origin"),
                        request.getHeader("X-CSRF-Token"))) {
            refused.record(ProblemCode.CSRF, login.get().identity(), request);
            return Optional.of(ProblemCode.CSRF);
        }
        return Optional.empty();
    }
}

package org.bascule.web.login;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.security.enterprise.AuthenticationStatus;
import jakarta.security.enterprise.authentication.mechanism.http.HttpAuthenticationMechanism;
import jakarta.security.enterprise.authentication.mechanism.http.HttpMessageContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.guard.Attempt;
import org.bascule.domain.guard.AttemptKind;
import org.bascule.domain.guard.Guard;
import org.bascule.domain.token.ApiTokenSecret;
import org.bascule.web.login.LoginRefusedException.Reason;
import org.bascule.web.problem.Problem;
import org.bascule.web.problem.ProblemCode;
import org.bascule.web.site.RateLimit;
import org.bascule.web.site.SecurityHeaders;
import org.bascule.web.site.Site;
import org.jspecify.annotations.Nullable;

/**
 * The authentication of every request of this application, but for log-out: a bearer token, the cookie of a login, or a login that begins or
 * ends with this request.
 *
 * <p>The stock OpenID mechanism evaluates its realm once for the application and sends no PKCE; here the realm follows from the domain that the
 * request names.
 */
@ApplicationScoped
public class DomainLogin implements HttpAuthenticationMechanism {

    private static final System.Logger LOG = System.getLogger(DomainLogin.class.getName());

    /** The one role of everybody who signed in; permissions are the domain's business. */
    private static final Set<String> ROLES = Set.of("signed-in");

    private static final int MAX_DOMAIN = 200;
    private static final String ACCOUNT = "/account/start";

    /** What {@code factor=} may ask for; both ask the realm for a second factor, proved now. */
    private static final Set<String> FACTORS = Set.of("required", "fresh");

    private static final Set<String> FOR_A_FACTOR = Set.of("/api/me", "/api/me/factors", ACCOUNT);

    /** Many people may sit behind one address. */
    private static final RateLimit STARTS = new RateLimit(300, Duration.ofMinutes(1), Clock.systemUTC());

    @Inject
    private Site site;

    @Inject
    private SecurityHeaders headers;

    @Inject
    private LoginFlow flow;

    @Inject
    private PendingLoginCookies pending;

    @Inject
    private BearerTokens bearers;

    @Inject
    private Realms realms;

    @Inject
    private LoginJournal journal;

    @Inject
    private Guard guard;

    @Inject
    private RefusedRequests refused;

    @Override
    public AuthenticationStatus validateRequest(
            HttpServletRequest request, HttpServletResponse response, HttpMessageContext context) {
        headers.apply(response);
        response.setHeader("Cache-Control", "no-store");
        String path = Requests.path(request);
        try {
            if (path.equals("/login") && isRead(request) && request.getParameter("domain") != null) {
                return STARTS.admits(address(request)) ? start(request, response, context) : tooMany(request, response);
            }
            if (path.equals("/callback") && isRead(request)) {
                return finish(request, response, context);
            }
            AccessRule rule = AccessRule.of(path);
            if (rule == AccessRule.API && request.getHeader("Authorization") != null) {
                return bearer(request, response, context);
            }
            Optional<SignedIn> login = current(request);
            if (login.isEmpty()) {
                return stranger(rule, path, request, response, context);
            }
            Identity identity = login.get().identity();
            if (rule == AccessRule.PUBLIC) {
                return pass(identity, request, context);
            }
            Standing standing = journal.standing(identity);
            if (standing == Standing.GOOD || !isRefused(standing, path)) {
                return path.equals(ACCOUNT) && isRead(request)
                        ? change(identity, request, response, context)
                        : pass(identity, request, context);
            }
            if (standing != Standing.NO_SECOND_FACTOR) {
                request.getSession().invalidate();
            }
            return standing == Standing.ENDED
                    ? stranger(rule, path, request, response, context)
                    : refuse(standing, identity, rule, path, request, response, context);
        } catch (IOException e) {
            throw new UncheckedIOException("the caller went away", e);
        } catch (RuntimeException e) {
            return unavailable(request, response, e);
        }
    }

    private static AuthenticationStatus tooMany(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setHeader("Retry-After", "30");
        Problem.of(ProblemCode.TOO_MANY_REQUESTS).send(request, response);
        return AuthenticationStatus.SEND_FAILURE;
    }

    /** The domain could not be asked: nobody passes. */
    private static AuthenticationStatus unavailable(
            HttpServletRequest request, HttpServletResponse response, RuntimeException cause) {
        Problem problem = Problem.of(ProblemCode.UNAVAILABLE);
        LOG.log(Level.ERROR, "Authentication not possible, reference " + problem.reference(), cause);
        try {
            problem.send(request, response);
            return AuthenticationStatus.SEND_FAILURE;
        } catch (IOException e) {
            throw new UncheckedIOException("the caller went away", e);
        }
    }

    private static boolean isRead(HttpServletRequest request) {
        return request.getMethod().equals("GET");
    }

    /** Whoever still has to prove a second factor may ask who he is and where to prove one. */
    private static boolean isRefused(Standing standing, String path) {
        return standing != Standing.NO_SECOND_FACTOR || !FOR_A_FACTOR.contains(path);
    }

    private AuthenticationStatus refuse(
            Standing standing,
            Identity identity,
            AccessRule rule,
            String path,
            HttpServletRequest request,
            HttpServletResponse response,
            HttpMessageContext context)
            throws IOException {
        ProblemCode code = standing.problem();
        if (rule == AccessRule.PAGE && isNavigation(request)) {
            String here = here(path, request);
            return context.redirect(
                    standing == Standing.NO_SECOND_FACTOR
                            ? site.publicUrl()
                                    .at("/login?domain="
                                            + encoded(identity.realm().domainName()) + "&factor=required&next="
                                            + encoded(here))
                            : loginPage(code.code(), here));
        }
        if (standing != Standing.ENDED && ForgeryRules.isChange(request.getMethod())) {
            refused.record(code, identity, request);
        }
        Problem.of(code).send(request, response);
        return AuthenticationStatus.SEND_FAILURE;
    }

    private static boolean isNavigation(HttpServletRequest request) {
        return isRead(request) && request.getHeader("Upgrade") == null;
    }

    private static String here(String path, HttpServletRequest request) {
        String query = request.getQueryString();
        return query == null ? path : path + "?" + query;
    }

    /** {@code /account/start?do=…&next=…}: somebody who is signed in goes to change a factor or the password at the realm, and comes back. */
    private AuthenticationStatus change(
            Identity identity, HttpServletRequest request, HttpServletResponse response, HttpMessageContext context)
            throws IOException {
        Optional<String> action = AccountActions.of(request.getParameter("do"), request.getParameter("factor"));
        if (action.isEmpty()) {
            Problem.of(ProblemCode.NOT_FOUND, "There is no such action.").send(request, response);
            return AuthenticationStatus.SEND_FAILURE;
        }
        if (!STARTS.admits(address(request))) {
            return tooMany(request, response);
        }
        PendingLogin login =
                flow.start(identity.realm(), NextPath.sanitise(request.getParameter("next")), identity.subject());
        return redirect(login, Map.of("kc_action", action.get()), request, response, context);
    }

    private AuthenticationStatus start(
            HttpServletRequest request, HttpServletResponse response, HttpMessageContext context) {
        String domain = request.getParameter("domain").strip();
        Optional<Realm> realm =
                domain.isEmpty() || domain.length() > MAX_DOMAIN ? Optional.empty() : realms.ofDomain(domain);
        if (realm.isEmpty()) {
            return context.redirect(loginPage("domain", request.getParameter("next")));
        }
        boolean factor = FACTORS.contains(String.valueOf(request.getParameter("factor")));
        // who is signed in proves more as the same person, or stays as he is
        Optional<Identity> already = current(request)
                .map(SignedIn::identity)
                .filter(identity -> factor && identity.realm().equals(realm.get()));
        PendingLogin login = flow.start(
                realm.get(),
                NextPath.sanitise(request.getParameter("next")),
                already.map(Identity::subject).orElse(null));
        return redirect(login, more(realm.get(), factor, request), request, response, context);
    }

    /** {@code local=true}: whoever may sign in when the company's provider does not work is shown the realm's own page. */
    private Map<String, String> more(Realm realm, boolean factor, HttpServletRequest request) {
        Map<String, String> more = new HashMap<>();
        if (factor) {
            more.put("second_factor", "fresh");
        }
        if (!"true".equals(request.getParameter("local"))) {
            realms.onlyProvider(realm).ifPresent(provider -> more.put("kc_idp_hint", provider));
        }
        return more;
    }

    private AuthenticationStatus redirect(
            PendingLogin login,
            Map<String, String> more,
            HttpServletRequest request,
            HttpServletResponse response,
            HttpMessageContext context) {
        pending.begin(request.getCookies(), login).forEach(cookie -> response.addHeader("Set-Cookie", cookie));
        return context.redirect(flow.authorization(login, more).toString());
    }

    private AuthenticationStatus finish(
            HttpServletRequest request, HttpServletResponse response, HttpMessageContext context) {
        Optional<PendingLogin> begun = pending.of(request.getCookies(), request.getParameter("state"));
        if (begun.isEmpty()) {
            return context.redirect(loginPage("expired", null));
        }
        PendingLogin login = begun.get();
        response.addHeader("Set-Cookie", pending.removal(login));
        try {
            FinishedLogin finished = flow.finish(login, request.getParameter("iss"), request.getParameter("code"));
            if (login.subject() != null
                    && !login.subject().equals(finished.proof().subject())) {
                throw new LoginRefusedException(Reason.OTHER_USER, "another user signed in");
            }
            SignedIn signedIn = finished.of(journal.signedIn(finished.proof(), origin(request)));
            endOther(Requests.cookieLogin(request), signedIn, origin(request));
            // a new session, not only a new id: nothing that was there before the login survives it
            HttpSession before = request.getSession(false);
            if (before != null) {
                before.invalidate();
            }
            HttpSession session = request.getSession(true);
            session.setMaxInactiveInterval((int) journal.idle(login.realm()).toSeconds());
            session.setAttribute(SignedIn.ATTRIBUTE, signedIn);
            if (journal.standing(signedIn.identity()) == Standing.NO_SECOND_FACTOR) {
                // the realm did not ask for one: to ask it again and again would not help
                return context.redirect(loginPage("no-second-factor", login.next()));
            }
            return context.redirect(
                    site.publicUrl().at(AccountActions.told(login.next(), request.getParameter("kc_action_status"))));
        } catch (LoginRefusedException e) {
            LOG.log(
                    Level.WARNING,
                    "Login for domain {0} refused: {1} ({2})",
                    login.realm().domainName(),
                    e.getMessage(),
                    e.reason());
            journal.refused(login.realm(), e.reason(), address(request));
            String error =
                    switch (e.reason()) {
                        case PROVIDER -> "unavailable";
                        case OTHER_USER, PROVIDER_OFF, PARTNER_ENDED, PROVIDER_MISSING, CORPORATE_ONLY ->
                            e.reason().code();
                        default -> "refused";
                    };
            return context.redirect(loginPage(error, login.next()));
        }
    }

    /** The login that this browser had before, unless it goes on in the new one. */
    private void endOther(Optional<SignedIn> before, SignedIn now, LoginJournal.Origin origin) {
        before.map(SignedIn::identity)
                .filter(old -> !old.getName().equals(now.identity().getName())
                        || !Objects.equals(
                                old.credential().id(),
                                now.identity().credential().id()))
                .ifPresent(old -> journal.signedOut(old, origin));
    }

    private AuthenticationStatus bearer(
            HttpServletRequest request, HttpServletResponse response, HttpMessageContext context) throws IOException {
        try {
            Optional<String> authorization = Requests.singleHeader(request, "Authorization");
            if (authorization.isPresent()) {
                Identity identity = identity(BearerTokens.token(authorization.get()), origin(request));
                Standing standing = journal.standing(identity);
                if (standing == Standing.GOOD) {
                    return pass(identity, request, context);
                }
                return refuse(standing, identity, AccessRule.API, Requests.path(request), request, response, context);
            }
            throw new LoginRefusedException(Reason.MALFORMED, "more than one Authorization header");
        } catch (LoginRefusedException e) {
            LOG.log(Level.DEBUG, "Bearer refused: {0} ({1})", e.getMessage(), e.reason());
            refusal(e.reason(), address(request)).send(request, response);
            return AuthenticationStatus.SEND_FAILURE;
        }
    }

    /** What was made up counts as a guess, and is not even called wrong where the address is blocked. */
    private Problem refusal(Reason reason, String address) {
        Duration blocked = Duration.ZERO;
        if (reason.isGuess()) {
            AttemptKind kind = reason == Reason.UNKNOWN_TOKEN ? AttemptKind.API_TOKEN : AttemptKind.BEARER;
            blocked = guard.failed(Attempt.at(kind, address));
        } else if (reason == Reason.BLOCKED) {
            blocked = guard.blockedFor(address);
        }
        if (!blocked.isZero() || reason == Reason.BLOCKED) {
            // it may have ended between the two questions
            return Problem.of(ProblemCode.ADDRESS_BLOCKED).after(blocked.isZero() ? Duration.ofSeconds(1) : blocked);
        }
        return Problem.of(reason == Reason.PROVIDER ? ProblemCode.UNAVAILABLE : ProblemCode.NOT_SIGNED_IN);
    }

    private Identity identity(String token, LoginJournal.Origin origin) throws LoginRefusedException {
        Optional<ApiTokenSecret> own = ApiTokenSecret.parse(token);
        return own.isPresent()
                ? journal.seen(own.get(), origin)
                : journal.seen(bearers.proof(token, () -> requireNotBlocked(origin.address())), origin);
    }

    private void requireNotBlocked(String address) throws LoginRefusedException {
        if (!guard.blockedFor(address).isZero()) {
            throw new LoginRefusedException(Reason.BLOCKED, "the address is blocked");
        }
    }

    private LoginJournal.Origin origin(HttpServletRequest request) {
        return Requests.origin(request, site.proxies());
    }

    /** The login of the cookie, as long as one lasts. */
    private Optional<SignedIn> current(HttpServletRequest request) {
        Optional<SignedIn> login = Requests.cookieLogin(request);
        if (login.isPresent() && Instant.now().isAfter(login.get().identity().until())) {
            request.getSession().invalidate();
            return Optional.empty();
        }
        return login;
    }

    private static AuthenticationStatus pass(
            Identity identity, HttpServletRequest request, HttpMessageContext context) {
        Requests.setIdentity(request, identity);
        return context.notifyContainerAboutLogin(identity, ROLES);
    }

    private AuthenticationStatus stranger(
            AccessRule rule,
            String path,
            HttpServletRequest request,
            HttpServletResponse response,
            HttpMessageContext context)
            throws IOException {
        if (rule == AccessRule.PUBLIC) {
            return context.doNothing();
        }
        if (rule == AccessRule.PAGE && isNavigation(request)) {
            return context.redirect(loginPage(null, here(path, request)));
        }
        Problem.of(ProblemCode.NOT_SIGNED_IN).send(request, response);
        return AuthenticationStatus.SEND_FAILURE;
    }

    private String loginPage(@Nullable String error, @Nullable String next) {
        StringBuilder url = new StringBuilder(site.publicUrl().at("/login"));
        char separator = '?';
        if (error != null) {
            url.append(separator).append("error=").append(error);
            separator = '&';
        }
        String safe = NextPath.sanitise(next);
        if (!safe.equals(NextPath.HOME)) {
            url.append(separator).append("next=").append(encoded(safe));
        }
        return url.toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private String address(HttpServletRequest request) {
        return site.proxies().client(request);
    }
}

package org.bascule.web.internal;

import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bascule.domain.guard.Attempt;
import org.bascule.domain.guard.AttemptKind;
import org.bascule.domain.guard.Decision;
import org.bascule.domain.guard.Guard;
import org.bascule.domain.identity.DomainReference;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.identity.LoginEvents;
import org.bascule.domain.identity.SignInRules;
import org.bascule.web.api.StrictJsonReader;
import org.bascule.web.problem.Problem;
import org.bascule.web.problem.ProblemCode;
import org.bascule.web.problem.ProblemException;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * {@code POST /internal/v1/…}: the questions of our provider within Keycloak ({@code docs/protocol/internal.md}). A servlet and no resource, because it belongs to no
 * user's API: it has another caller, other limits, and no description that is given out.
 */
@WebServlet("/internal/v1/*")
public class InternalServlet extends HttpServlet {

    private static final System.Logger LOG = System.getLogger(InternalServlet.class.getName());

    private static final int MAX_BODY = 8 * 1_024;
    private static final int MAX_NAME = 255;
    /** More than an address with a zone has. */
    private static final int MAX_ADDRESS = 100;

    private static final int MAX_TEXT = 1_000;

    private static final Pattern RESULT = Pattern.compile("/attempts/([0-9a-f-]{36})/result");

    /** What is begun before it is looked at, and what is told afterwards. */
    private static final Set<AttemptKind> BEGUN = EnumSet.of(
            AttemptKind.PASSWORD,
            AttemptKind.OTP,
            AttemptKind.RECOVERY_CODE,
            AttemptKind.PASSKEY,
            AttemptKind.RESET,
            AttemptKind.USER_CODE);

    private static final Set<AttemptKind> TOLD =
            EnumSet.of(AttemptKind.CLIENT, AttemptKind.CODE, AttemptKind.REFRESH_TOKEN, AttemptKind.DEVICE_CODE);

    @Inject
    transient ProviderSecret secret;

    @Inject
    transient Guard guard;

    @Inject
    transient Identities identities;

    @Inject
    transient LoginEvents events;

    @Inject
    transient SignInRules rules;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader("Cache-Control", "no-store");
        try {
            if (!secret.isIn(request.getHeader("Authorization"))) {
                throw ProblemException.of(ProblemCode.NOT_SIGNED_IN, "The secret of the provider is missing or wrong.");
            }
            if (!request.getMethod().equals("POST")) {
                response.setHeader("Allow", "POST");
                throw ProblemException.of(ProblemCode.METHOD_NOT_ALLOWED);
            }
            answer(String.valueOf(request.getPathInfo()), body(request), response);
        } catch (ProblemException e) {
            e.problem().send(request, response);
        } catch (WireException e) {
            Problem.of(
                            ProblemCode.MALFORMED,
                            "The request is not what this resource expects: %s.",
                            String.valueOf(e.getMessage()))
                    .send(request, response);
        } catch (RuntimeException e) {
            Problem problem = Problem.of(ProblemCode.UNAVAILABLE);
            LOG.log(Level.ERROR, "The identity provider got no answer, reference " + problem.reference(), e);
            problem.send(request, response);
        }
    }

    private static StrictJson body(HttpServletRequest request) throws IOException {
        String type = String.valueOf(request.getContentType());
        if (!type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
            throw ProblemException.of(ProblemCode.UNSUPPORTED_MEDIA_TYPE);
        }
        byte[] bytes = request.getInputStream().readNBytes(MAX_BODY + 1);
        if (bytes.length > MAX_BODY) {
            throw ProblemException.of(ProblemCode.TOO_LARGE);
        }
        return StrictJsonReader.parse(bytes);
    }

    private void answer(String path, StrictJson body, HttpServletResponse response) throws IOException, WireException {
        Matcher result = RESULT.matcher(path);
        if (result.matches()) {
            send(response, wait(settle(result.group(1), body)));
            return;
        }
        DomainReference domain = domain(body);
        switch (path) {
            case "/attempts" -> begin(domain, body, response);
            case "/failures" -> send(response, wait(guard.failed(attempt(domain, body, TOLD))));
            case "/admission" -> admission(address(body), response);
            case "/requirements" -> send(response, requirements(domain, body.string("userId", MAX_NAME)));
            case "/events" -> {
                events.wake(domain.id());
                response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            }
            default -> throw ProblemException.of(ProblemCode.NOT_FOUND);
        }
    }

    private DomainReference domain(StrictJson body) throws WireException {
        return identities
                .domainOfRealm(body.string("realm", MAX_NAME))
                .orElseThrow(() -> ProblemException.of(ProblemCode.NOT_FOUND, "No domain has this realm."));
    }

    private static String address(StrictJson body) throws WireException {
        return body.string("address", MAX_ADDRESS);
    }

    private static Attempt attempt(DomainReference domain, StrictJson body, Set<AttemptKind> kinds)
            throws WireException {
        AttemptKind kind = code("kind", body.string("kind", MAX_NAME), AttemptKind::ofCode);
        if (!kinds.contains(kind)) {
            throw WireException.malformed("'kind' is none that is expected here");
        }
        String userName = body.optionalString("userName", MAX_TEXT).orElse(null);
        return new Attempt(kind, address(body), domain.id(), userName);
    }

    private static <T> T code(String member, String text, Function<String, Optional<T>> catalogue)
            throws WireException {
        return catalogue
                .apply(text)
                .orElseThrow(() -> WireException.malformed("'" + member + "' is none of the known values"));
    }

    private void begin(DomainReference domain, StrictJson body, HttpServletResponse response)
            throws IOException, WireException {
        Decision decision = guard.begin(attempt(domain, body, BEGUN));
        if (decision instanceof Decision.Admitted admitted) {
            send(response, Json.createObjectBuilder().add("attempt", admitted.id()));
        } else if (decision instanceof Decision.Blocked blocked) {
            refuse(response, blocked.retryAfter(), "blocked");
        } else {
            refuse(response, ((Decision.Busy) decision).retryAfter(), "busy");
        }
    }

    private Duration settle(String id, StrictJson body) throws WireException {
        String outcome = body.string("outcome", MAX_NAME);
        return switch (outcome) {
            case "success" -> {
                guard.succeeded(id);
                yield Duration.ZERO;
            }
            case "failure" -> guard.failed(id);
            default -> throw WireException.malformed("'outcome' is neither success nor failure");
        };
    }

    private void admission(String address, HttpServletResponse response) throws IOException {
        Duration left = guard.blockedFor(address);
        if (left.isZero()) {
            send(response, Json.createObjectBuilder());
        } else {
            refuse(response, left, "blocked");
        }
    }

    private JsonObjectBuilder requirements(DomainReference domain, String subject) {
        SignInRules.Requirement required = rules.of(domain, subject);
        return Json.createObjectBuilder()
                .add("secondFactor", required.secondFactor() ? "required" : "voluntary")
                .add("state", required.expired() ? "expired" : "active");
    }

    private static JsonObjectBuilder wait(Duration left) {
        return Json.createObjectBuilder().add("retryAfter", seconds(left));
    }

    /** Begun ones are whole ones: whoever comes after that time is let in. */
    private static long seconds(Duration left) {
        return left.plusMillis(999).toSeconds();
    }

    private static void refuse(HttpServletResponse response, Duration left, String reason) throws IOException {
        response.setHeader("Retry-After", Long.toString(seconds(left)));
        response.setStatus(ProblemCode.TOO_MANY_REQUESTS.status());
        send(response, wait(left).add("reason", reason));
    }

    private static void send(HttpServletResponse response, JsonObjectBuilder json) throws IOException {
        byte[] bytes = json.build().toString().getBytes(StandardCharsets.UTF_8);
        response.setContentType("application/json");
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }
}

package org.bascule.keycloak;

import jakarta.ws.rs.core.Response;
import java.time.Duration;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.KeycloakSession;

/** Pages that say why somebody may not try now. */
final class Refusals {

    /** Theme: shows a link that starts again. */
    private static final String TRY_AGAIN = "basculeTryAgain";

    private Refusals() {}

    private static final String SHUT_OUT = "bascule.shut-out";

    /**
     * Marks a request of an address that is shut out: what it goes on trying is no event, or it could fill the log. The block itself is recorded by the
     * access server.
     */
    static void note(KeycloakSession session, RefusedException refused) {
        if (refused.reason() != RefusedException.Reason.UNAVAILABLE) {
            session.setAttribute(SHUT_OUT, Boolean.TRUE);
        }
    }

    static boolean isShutOut(KeycloakSession session) {
        return session.getAttribute(SHUT_OUT) != null;
    }

    /** Shows the page; nothing counts as checked. */
    static void show(AuthenticationFlowContext context, RefusedException refused) {
        note(context.getSession(), refused);
        context.getEvent()
                .error(
                        refused.reason() == RefusedException.Reason.UNAVAILABLE
                                ? "access_server_unavailable"
                                : "address_blocked");
        context.forceChallenge(page(context.form(), refused));
    }

    static Response page(LoginFormsProvider form, RefusedException refused) {
        return form.setAttribute(TRY_AGAIN, true)
                .setResponseHeader("Retry-After", Long.toString(seconds(refused.retryAfter())))
                .setError(message(refused.reason()), text(refused.retryAfter()))
                .createErrorPage(status(refused.reason()));
    }

    static Response.Status status(RefusedException.Reason reason) {
        return reason == RefusedException.Reason.UNAVAILABLE
                ? Response.Status.SERVICE_UNAVAILABLE
                : Response.Status.TOO_MANY_REQUESTS;
    }

    static String message(RefusedException.Reason reason) {
        return switch (reason) {
            case BLOCKED -> "basculeBlocked";
            case BUSY -> "basculeBusy";
            case UNAVAILABLE -> "basculeUnavailable";
        };
    }

    /** As people read it: {@code 4 min 12 s}, in English and German alike. */
    static String text(Duration wait) {
        long seconds = seconds(wait);
        return seconds < 60 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
    }

    static long seconds(Duration wait) {
        return Math.max(1, wait.toSeconds());
    }
}

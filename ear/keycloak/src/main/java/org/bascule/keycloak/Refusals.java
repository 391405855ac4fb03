package org.bascule.keycloak;

import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.events.Event;
import org.keycloak.events.EventBuilder;
import org.keycloak.forms.login.LoginFormsProvider;

/** Pages that say why somebody may not try now. */
final class Refusals {

    /** Theme: shows a link that starts again. */
    private static final String TRY_AGAIN = "basculeTryAgain";

    private Refusals() {}

    private static final String NO_EVENT = "bascule_no_event";

    /**
     * What an address that is shut out goes on trying is no event, or it could fill the log. The block itself is recorded by the access server.
     */
    static void note(EventBuilder event, RefusedException refused) {
        if (refused.reason() != RefusedException.Reason.UNAVAILABLE) {
            leaveOut(event);
        }
    }

    /** The event is neither stored nor counted. In the event itself, because Keycloak sends errors in a session of their own. */
    static void leaveOut(EventBuilder event) {
        event.detail(NO_EVENT, "true");
    }

    static void leaveOut(Event event) {
        Map<String, String> details = new HashMap<>(event.getDetails() == null ? Map.of() : event.getDetails());
        details.put(NO_EVENT, "true");
        event.setDetails(details);
    }

    static boolean isLeftOut(Event event) {
        return event.getDetails() != null && event.getDetails().containsKey(NO_EVENT);
    }

    /** Shows the page; nothing counts as checked. */
    static void show(AuthenticationFlowContext context, RefusedException refused) {
        note(context.getEvent(), refused);
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

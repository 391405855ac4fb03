package org.bascule.keycloak;

import java.time.Instant;
import org.keycloak.authentication.AuthenticationFlowContext;

/**
 * Notes when a company's provider vouched for the user (IDN-7), seconds since 1970: stands first in the flow that follows a provider's answer, and
 * nowhere else. Keycloak's own time of authentication is that of whatever the user proved last, a passkey of this realm as well.
 */
public final class VouchedStep extends Step {

    /** Note of the session. */
    static final String AT = "bascule.vouched-at";

    public VouchedStep() {
        super("bascule-vouched", "Notes when a corporate identity provider vouched for the user.");
    }

    @Override
    public void authenticate(AuthenticationFlowContext context) {
        context.getAuthenticationSession()
                .setUserSessionNote(AT, Long.toString(Instant.now().getEpochSecond()));
        context.success();
    }
}

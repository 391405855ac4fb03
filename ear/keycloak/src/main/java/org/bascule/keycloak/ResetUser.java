package org.bascule.keycloak;

import java.time.Duration;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.authenticators.resetcred.ResetCredentialChooseUser;
import org.keycloak.models.KeycloakSession;

/** Asks whose password was forgotten. {@link ResetMailStep} answers a fixed while after this has begun to look, whatever it found. */
final class ResetUser extends ResetCredentialChooseUser {

    private static final String BEGAN = "bascule.reset.began";

    /** More than a mail takes to be worded on a slow machine; sending is not waited for. */
    private static final Duration ANSWER = Duration.ofMillis(700);

    @Override
    public void action(AuthenticationFlowContext context) {
        context.getSession().setAttribute(BEGAN, System.nanoTime());
        super.action(context);
    }

    /** Returns when it is time for the answer; at once for somebody who is signed in and was not looked for. */
    static void awaitAnswer(KeycloakSession session) {
        Long began = session.getAttribute(BEGAN, Long.class);
        if (began == null) {
            return;
        }
        long left = ANSWER.toNanos() - (System.nanoTime() - began);
        if (left > 0) {
            try {
                Thread.sleep(Duration.ofNanos(left).toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

package org.bascule.domain.sessionpolicy;

import java.time.Duration;
import java.util.Optional;
import org.bascule.wire.ticket.Consent;

/**
 * What must be so before a session starts.
 *
 * @param consent who is asked; empty: nobody
 * @param reasonRequired whether the user has to say why
 * @param fullLog whether the agent records each thing that the tools do
 * @param timeoutSeconds how long a question waits for its answer, {@value #MIN_TIMEOUT} to {@value #MAX_TIMEOUT}
 */
public record SessionPolicy(Optional<Consent> consent, boolean reasonRequired, boolean fullLog, int timeoutSeconds) {

    public static final int MIN_TIMEOUT = 10;
    public static final int MAX_TIMEOUT = 300;

    /** Where nothing is set. */
    public static final SessionPolicy DEFAULT = new SessionPolicy(Optional.empty(), false, false, 60);

    /** {@code consent} in the API and the database where nobody is asked. */
    public static final String NEVER = "never";

    public SessionPolicy {
        if (timeoutSeconds < MIN_TIMEOUT || timeoutSeconds > MAX_TIMEOUT) {
            throw new IllegalArgumentException("a question waits " + MIN_TIMEOUT + " to " + MAX_TIMEOUT + " s");
        }
    }

    /** {@code never}, {@code device} or {@code approver}. */
    public String consentText() {
        return consent.map(Consent::text).orElse(NEVER);
    }

    public Duration timeout() {
        return Duration.ofSeconds(timeoutSeconds);
    }

    /** The same with the person at the device asked, whatever was set: an owner's word counts for more than an approver's. */
    public SessionPolicy askingAtDevice() {
        return new SessionPolicy(Optional.of(Consent.DEVICE), reasonRequired, fullLog, timeoutSeconds);
    }

    /** Whether a session starts with less than the other demands. How long a question waits is no demand. */
    public boolean isLooserThan(SessionPolicy other) {
        return weight() < other.weight() || other.reasonRequired && !reasonRequired || other.fullLog && !fullLog;
    }

    /** The word of the person at the device counts for more than an approver's. */
    private int weight() {
        return consent.map(asked -> asked == Consent.DEVICE ? 2 : 1).orElse(0);
    }
}

package org.bascule.keycloak;

import java.time.Duration;
import java.util.Optional;
import org.keycloak.provider.Provider;

/** The access server's internal interface, by which it decides who may try. */
public interface AccessServer extends Provider {

    /** What is tried. */
    enum Kind {
        PASSWORD("password"),
        OTP("otp"),
        RECOVERY_CODE("recovery-code"),
        PASSKEY("passkey"),
        RESET("reset"),
        USER_CODE("user-code"),
        CLIENT("client"),
        CODE("code"),
        REFRESH_TOKEN("refresh-token"),
        DEVICE_CODE("device-code");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    /** Where a request comes from. */
    record Source(String realm, String address, Optional<String> userAgent) {}

    /** What the access server says about a user. */
    record Requirements(boolean secondFactor, boolean expired) {}

    /**
     * Grants one attempt, which {@link #settle} ends.
     *
     * @return the attempt's id
     */
    String reserve(Source source, Kind kind, Optional<String> userName, Optional<String> userId)
            throws RefusedException;

    /**
     * Says how an attempt went.
     *
     * @param error empty if it succeeded, or if nothing was checked
     * @return for how long the address is blocked now, zero if it is not
     */
    Duration settle(String attempt, Optional<String> userId, Optional<String> error) throws RefusedException;

    /** Counts a failure that was noticed after the fact. */
    void failed(Source source, Kind kind, String error) throws RefusedException;

    /** Whether the address may be shown anything at all. */
    void admit(Source source) throws RefusedException;

    Requirements requirements(String realm, String userId) throws RefusedException;

    /** Says that there are new events, some time soon; a hint that may be lost. */
    void wake(String realm);

    @Override
    default void close() {}
}

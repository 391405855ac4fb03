package org.bascule.domain.realm;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.refusal.RefusedException;

/**
 * What a domain has decided about signing in.
 *
 * @param passwordless whether a passkey alone signs in
 */
public record SignInSettings(
        Password password, SecondFactor secondFactor, boolean passwordless, Session session, FreshFactor freshFactor) {

    public static final int MAX_PRINCIPALS = 200;

    /** Of a domain that has decided nothing; what the template says of itself. */
    public static final SignInSettings DEFAULT = new SignInSettings(
            new Password(8, 3, 3, true),
            new SecondFactor(Mode.VOLUNTARY, Set.of()),
            true,
            new Session(30, 10),
            new FreshFactor(Set.of(), 5));

    /**
     * What passwords must be like (IDN-2).
     *
     * @param classes how many of lower case, upper case, digits and others
     * @param history how many former ones are not accepted again
     */
    public record Password(int minLength, int classes, int history, boolean notUserName) {

        static final int SHORTEST = 8;
        static final int MAX_LENGTH = 64;
        static final int MAX_HISTORY = 24;
    }

    /** Of whom a second factor is asked (IDN-4). */
    public record SecondFactor(Mode mode, Set<String> principals) {

        public SecondFactor {
            principals = Set.copyOf(principals);
        }
    }

    /** Who decides about the second factor. */
    public enum Mode {
        VOLUNTARY("voluntary"),
        EVERYBODY("everybody"),
        CHOSEN("chosen");

        private final String code;

        Mode(String code) {
            this.code = code;
        }

        /** In the API and the database. */
        public String code() {
            return code;
        }

        public static Optional<Mode> ofCode(String code) {
            return Arrays.stream(values())
                    .filter(mode -> mode.code.equals(code))
                    .findFirst();
        }
    }

    /** How long somebody stays signed in, doing nothing and altogether. */
    public record Session(int idleMinutes, int maxHours) {}

    /** Which permissions ask for a second factor that was proved a moment ago, and how long that moment is (IDN-9). */
    public record FreshFactor(Set<Permission> permissions, int minutes) {

        public FreshFactor {
            permissions = Set.copyOf(permissions);
        }

        public Duration window() {
            return Duration.ofMinutes(minutes);
        }
    }

    /** Refuses what came from outside and cannot be; the field is named as in the API. */
    public SignInSettings checked() throws RefusedException {
        within("password.minLength", password.minLength(), Password.SHORTEST, Password.MAX_LENGTH);
        within("password.classes", password.classes(), 1, 4);
        within("password.history", password.history(), 0, Password.MAX_HISTORY);
        within("session.idleMinutes", session.idleMinutes(), 5, 1_440);
        within("session.maxHours", session.maxHours(), 1, 720);
        within("freshFactor.minutes", freshFactor.minutes(), 1, 60);
        if (session.idleMinutes() > 60 * session.maxHours()) {
            throw RefusedException.invalid("session.idleMinutes", "Longer than a session lasts altogether.");
        }
        if (secondFactor.principals().size() > MAX_PRINCIPALS) {
            throw RefusedException.invalid(
                    "secondFactor.principals",
                    "There are at most %d users and groups; make a group of them.".formatted(MAX_PRINCIPALS));
        }
        if (secondFactor.mode() == Mode.CHOSEN && secondFactor.principals().isEmpty()) {
            throw RefusedException.invalid("secondFactor.principals", "Choose users or groups.");
        }
        return this;
    }

    private static void within(String field, int value, int least, int most) throws RefusedException {
        if (value < least || value > most) {
            throw RefusedException.invalid(field, "Between %d and %d.".formatted(least, most));
        }
    }
}

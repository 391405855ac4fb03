package org.bascule.domain.realm;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * What a domain has decided about signing in.
 *
 * @param passwordless whether a passkey alone signs in
 * @param corporate whether anything but a company's provider does
 */
public record SignInSettings(
        Password password,
        SecondFactor secondFactor,
        boolean passwordless,
        Session session,
        FreshFactor freshFactor,
        Corporate corporate) {

    /** One that leaves every way open. */
    public SignInSettings(
            Password password,
            SecondFactor secondFactor,
            boolean passwordless,
            Session session,
            FreshFactor freshFactor) {
        this(password, secondFactor, passwordless, session, freshFactor, Corporate.OPEN);
    }

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

        /** Whether somebody of whom the other asks one may do without. */
        boolean isLooserThan(SecondFactor other) {
            return switch (other.mode) {
                case VOLUNTARY -> false;
                case EVERYBODY -> mode != Mode.EVERYBODY;
                case CHOSEN ->
                    mode == Mode.VOLUNTARY || mode == Mode.CHOSEN && !principals.containsAll(other.principals);
            };
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

        /** Whether something that the other asks for one for may be done without, or longer after it. */
        boolean isLooserThan(FreshFactor other) {
            return !permissions.containsAll(other.permissions)
                    || minutes > other.minutes && !other.permissions.isEmpty();
        }

        public Duration window() {
            return Duration.ofMinutes(minutes);
        }
    }

    /**
     * Who signs in without a company's provider (IDN-7).
     *
     * @param only nobody but {@code breakGlass}
     * @param breakGlass id of a user; null if nobody was named
     */
    public record Corporate(boolean only, @Nullable String breakGlass) {

        public static final Corporate OPEN = new Corporate(false, null);
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
                    "There are at most %d users and groups; make a group of them.",
                    MAX_PRINCIPALS);
        }
        if (!secondFactor.principals().stream().allMatch(Uuid7::isUuid)) {
            throw RefusedException.invalid("secondFactor.principals", "One of these is not a user or group.");
        }
        String breakGlass = corporate.breakGlass();
        if (breakGlass != null && !Uuid7.isUuid(breakGlass)) {
            throw RefusedException.invalid("breakGlass", "This is not a user.");
        }
        if (secondFactor.mode() == Mode.CHOSEN && secondFactor.principals().isEmpty()) {
            throw RefusedException.invalid("secondFactor.principals", "Choose users or groups.");
        }
        if (corporate.only() && breakGlass == null) {
            throw RefusedException.invalid(
                    "breakGlass", "Name an owner who may sign in when the provider does not work.");
        }
        return this;
    }

    private static void within(String field, int value, int least, int most) throws RefusedException {
        if (value < least || value > most) {
            throw RefusedException.invalid(field, "Between %d and %d.", least, most);
        }
    }
}

package org.bascule.control;

import org.bascule.session.service.DeviceProblem;

/**
 * Exit codes of {@code bascule}. {@code exec} and {@code shell} pass on the exit code of the remote program (128 + n if signal n killed it),
 * which may be any of these numbers; the message on standard error tells the two apart.
 */
public enum ExitCode {
    OK(0, "done"),
    FAILED(1, "something else went wrong"),
    USAGE(2, "the command line is wrong"),
    NOT_SIGNED_IN(3, "not signed in, or not any more"),
    REFUSED(4, "not permitted, or there is no such thing that you may see"),
    OFFLINE(5, "the device is offline or quarantined"),
    SECURITY(6, "a security check failed: nothing was opened"),
    CONNECTION(7, "no connection, or it was lost, or the server wants to be asked later"),
    CONFLICT(8, "it contradicts what is there"),
    NOT_CONFIRMED(9, "not done, because it was not confirmed"),
    STALE(10, "not done, because somebody changed it meanwhile");

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    /** For what a device did not do. */
    public static ExitCode of(DeviceProblem.Code problem) {
        return switch (problem) {
            case NOT_PERMITTED, DENIED, NOT_FOUND, OUTSIDE, READ_ONLY, AGENT -> REFUSED;
            case EXISTS, NOT_EMPTY, CHANGED, NOT_A_FILE, NOT_A_FOLDER -> CONFLICT;
            case GONE -> STALE;
            case NAME_UNKNOWN, REFUSED, UNREACHABLE, TIMED_OUT, BUSY -> CONNECTION;
            case UNSUPPORTED,
                    LOOP,
                    NO_SPACE,
                    TOO_LARGE,
                    TOO_DEEP,
                    NAME,
                    CHECKSUM,
                    INFECTED,
                    SCAN_FAILED,
                    TAKEN_OVER,
                    FAILED -> FAILED;
        };
    }

    public int code() {
        return code;
    }

    /** One line for the help. */
    public String meaning() {
        return meaning;
    }
}

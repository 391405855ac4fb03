package org.bascule.agent.local;

/** A request that the running agent does not follow. The message is a sentence for whoever asked. */
public final class LocalException extends Exception {

    /** The request is malformed. */
    public static final String BAD_REQUEST = "bad-request";
    /** No such command: the agent is older or newer than who asks. */
    public static final String UNKNOWN = "unknown-command";
    /** The agent could not do it. */
    public static final String FAILED = "failed";
    /** No answer came in time, or one that cannot be understood. */
    public static final String NO_ANSWER = "no-answer";

    private final String code;

    /** @param code for programmes: the constants here, or one of the command's own */
    public LocalException(String code, String sentence) {
        super(sentence);
        this.code = code;
    }

    public LocalException(String code, String sentence, Throwable cause) {
        super(sentence, cause);
        this.code = code;
    }

    public String code() {
        return code;
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }
}

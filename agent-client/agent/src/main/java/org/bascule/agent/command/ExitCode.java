package org.bascule.agent.command;

/** Exit codes of {@code bascule-agent}. Scripts rely on them: they do not change. */
public final class ExitCode {

    public static final int OK = 0;
    /** Something else went wrong, for instance the folder cannot be written. */
    public static final int FAILED = 1;
    /** Wrong usage. */
    public static final int USAGE = 2;
    /** The device is not enrolled, or already is. */
    public static final int STATE = 3;
    /** The enrolment token was refused. */
    public static final int TOKEN = 4;
    /** The server could not be reached or refused. */
    public static final int SERVER = 5;
    /** The server is not the one that the token or the pinned root stands for. */
    public static final int NOT_TRUSTED = 6;
    /** {@code status}: enrolled, and no agent is running. */
    public static final int NOT_RUNNING = 7;
    /** Nobody accepted this device, or its machine is registered already. */
    public static final int REJECTED = 8;

    private ExitCode() {}
}

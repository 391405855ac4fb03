package org.bascule.control;

/**
 * Configuration of java.util.logging that prints nothing: what a user must know is said by the commands. In force unless {@code --debug} is
 * given; the platform makes an instance of it.
 */
public final class QuietLogging {
    /** Leaves the root logger without a handler. */
    public QuietLogging() {}
}

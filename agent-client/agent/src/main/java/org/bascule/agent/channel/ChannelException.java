package org.bascule.agent.channel;

import java.util.Set;
import org.bascule.wire.control.ChannelMessage;
import org.jspecify.annotations.Nullable;

/** This connection cannot go on; another may. */
public final class ChannelException extends Exception {

    private static final Set<String> FINAL = Set.of("revoked", "unknown-device", "hardware-changed");

    /** What went wrong. */
    public enum Reason {
        /** The server closed or could not be reached. */
        UNREACHABLE,
        /** Nothing was heard for 25 s. */
        SILENT,
        /** The server's proof or key set does not verify. */
        NOT_TRUSTED,
        /** The server's time is well before one that was proved to this process: with it a control key that has ended would count again. */
        TIME_BACK,
        /** The server's message breaks the protocol. */
        PROTOCOL,
        /** The server refused this device and said why. */
        REFUSED,
        /** This device has a new certificate, and connects with it. */
        RENEWED,
        /** This device cannot do its part, for instance write its counter. */
        LOCAL
    }

    private final Reason reason;
    private final String code;
    private final boolean proven;

    public ChannelException(Reason reason, String message) {
        this(reason, message, null);
    }

    public ChannelException(Reason reason, String message, @Nullable Throwable cause) {
        this(reason, "", message, false, cause);
    }

    private ChannelException(Reason reason, String code, String message, boolean proven, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.code = code;
        this.proven = proven;
    }

    /**
     * The server refused this device.
     *
     * @param proven whether it had proved before who it is
     */
    static ChannelException refused(ChannelMessage.Refusal refusal, boolean proven) {
        return new ChannelException(
                Reason.REFUSED, refusal.code(), refusal.code() + ": " + refusal.detail(), proven, null);
    }

    /** The server's code of a refusal; otherwise empty. */
    public String code() {
        return code;
    }

    /** Only a person can change it: the device is revoked, removed or on another machine. */
    public boolean isFinal() {
        return FINAL.contains(code);
    }

    /** A refusal of a server that had proved who it is; before that it may be anybody's. */
    public boolean isProven() {
        return proven;
    }

    public Reason reason() {
        return reason;
    }
}

package org.bascule.wire.relay;

import java.time.Duration;

/** Limits of {@code docs/protocol/relay.md} that both sides know. */
public final class RelayLimits {

    /** Characters of the first text message. */
    public static final int MAX_TOKEN = 2_048;
    /** Bytes of a forwarded message: one record. */
    public static final int MAX_MESSAGE = 65_560;

    /** Bytes that an end sends before it is paired, or a probe in all, frames and all: several times what they need. */
    public static final int MAX_UNPAIRED = 16 << 10;

    public static final int NONCE = 32;
    public static final Duration TOKEN_WITHIN = Duration.ofSeconds(5);
    public static final Duration PEER_WITHIN = Duration.ofSeconds(30);
    public static final Duration STALLED_FOR = Duration.ofSeconds(10);
    /** Bytes queued for a pair above which it counts as stalled. */
    public static final int STALLED_ABOVE = 256 << 10;
    /** Text messages from the relay. */
    public static final String WAITING = "waiting";

    public static final String PAIRED = "paired";

    /** In the path where a session's id stands: asks for a probe instead. */
    public static final String PROBE = "probe";
    /** Text message: from here binary messages are sent back. */
    public static final String READY = "ready";
    /** Bytes of a message of a probe. */
    public static final int PROBE_MESSAGE = 64;
    /** Messages of a probe. */
    public static final int PROBE_MESSAGES = 10;
    /** Of a probe, from its token. */
    public static final Duration PROBE_WITHIN = Duration.ofSeconds(5);

    private RelayLimits() {}
}

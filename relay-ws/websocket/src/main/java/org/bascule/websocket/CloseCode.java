package org.bascule.websocket;

/** Codes of RFC 6455, section 7.4.1, for {@link Link#close}. */
public final class CloseCode {

    public static final int GOING_AWAY = 1_001;
    public static final int CANNOT_ACCEPT = 1_003;
    public static final int VIOLATED_POLICY = 1_008;
    public static final int TOO_BIG = 1_009;
    public static final int TRY_AGAIN_LATER = 1_013;

    private CloseCode() {}
}

package org.bascule.domain.session;

/** Who is asking: decides which of a relay's URLs is handed out. */
public enum ClientKind {
    /** A browser, signed in with a cookie. */
    BROWSER,
    /** A native client, with a bearer token. */
    NATIVE
}

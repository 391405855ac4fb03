package org.bascule.web.events;

import org.bascule.domain.identity.Caller;
import org.bascule.web.login.Identity;
import org.bascule.web.socket.Outgoing;
import org.jspecify.annotations.Nullable;

/** One socket that listens. Compared by identity. */
final class Listener {

    private final Identity identity;
    private final Caller caller;
    private final Outgoing outgoing;

    Listener(Identity identity, String address, Outgoing outgoing) {
        this.identity = identity;
        this.caller = identity.callerFrom(address);
        this.outgoing = outgoing;
    }

    Identity identity() {
        return identity;
    }

    /** Id of the sign-in or API token with which it was opened; null if nobody knows. */
    @Nullable
    String credential() {
        return identity.credential().id();
    }

    Caller caller() {
        return caller;
    }

    Outgoing outgoing() {
        return outgoing;
    }
}

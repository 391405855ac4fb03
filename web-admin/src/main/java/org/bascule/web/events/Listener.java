package org.bascule.web.events;

import org.bascule.domain.identity.Caller;
import org.bascule.web.login.Identity;
import org.bascule.web.login.SignedIn;
import org.bascule.web.socket.Outgoing;
import org.jspecify.annotations.Nullable;

/** One socket that listens. Compared by identity. */
final class Listener {

    private final Identity identity;
    private final @Nullable SignedIn login;
    private final Caller caller;
    private final Outgoing outgoing;

    Listener(Identity identity, @Nullable SignedIn login, String address, Outgoing outgoing) {
        this.identity = identity;
        this.login = login;
        this.caller = identity.callerFrom(address);
        this.outgoing = outgoing;
    }

    Identity identity() {
        return identity;
    }

    @Nullable
    SignedIn login() {
        return login;
    }

    Caller caller() {
        return caller;
    }

    Outgoing outgoing() {
        return outgoing;
    }
}

package org.bascule.web.login;

import java.security.Principal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a WebSocket, as its endpoint gets to know it: endpoints see a principal, but neither the request nor its address.
 *
 * @param address of the client
 * @param identity if somebody is signed in
 */
public record Peer(String address, @Nullable Identity identity) implements Principal {

    public Optional<Identity> signedIn() {
        return Optional.ofNullable(identity);
    }

    @Override
    public String getName() {
        return identity == null ? "nobody" : identity.getName();
    }
}

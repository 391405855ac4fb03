package org.bascule.web.login;

import java.security.Principal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a WebSocket, as its endpoint gets to know it: endpoints see a principal, but neither the request nor its address.
 *
 * @param address of the client
 * @param identity if somebody is signed in
 * @param login the login of the cookie; null for bearers and strangers
 */
public record Peer(String address, @Nullable Identity identity, @Nullable SignedIn login) implements Principal {

    public Optional<Identity> signedIn() {
        return Optional.ofNullable(identity);
    }

    public Optional<SignedIn> cookieLogin() {
        return Optional.ofNullable(login);
    }

    @Override
    public String getName() {
        return identity == null ? "nobody" : identity.getName();
    }
}

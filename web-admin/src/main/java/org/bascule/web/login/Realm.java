package org.bascule.web.login;

import java.io.Serializable;
import java.net.URI;

/**
 * A realm of the identity provider and the one domain that it signs in to.
 *
 * @param issuer exact {@code iss} of its tokens, and the base of its endpoints (Keycloak's layout)
 * @param domainId UUID
 */
public record Realm(String issuer, String domainId, String domainName) implements Serializable {

    URI authorizationEndpoint() {
        return at("auth");
    }

    URI tokenEndpoint() {
        return at("token");
    }

    URI endSessionEndpoint() {
        return at("logout");
    }

    URI keys() {
        return at("certs");
    }

    private URI at(String endpoint) {
        return URI.create(issuer + "/protocol/openid-connect/" + endpoint);
    }
}

package org.bascule.domain.corporate;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import java.net.URI;
import org.bascule.domain.corporate.TestResult.Code;
import org.bascule.domain.corporate.Way.Ldap;
import org.bascule.domain.keycloak.Keycloak;
import org.bascule.domain.keycloak.KeycloakException;
import org.bascule.wire.Json;

/** Tries a directory from where it is asked at sign-in: the realm. */
@ApplicationScoped
public class DirectoryTest {

    @Inject
    ProviderClient client;

    TestResult test(Keycloak keycloak, String realm, Ldap ldap, String password) throws UnusableProviderException {
        client.requireOrdinary(URI.create(ldap.url()).getHost());
        client.requireEncrypted(ldap.isEncrypted());
        try {
            TestResult reached = tried(keycloak, realm, request(ldap, password, "testConnection"), Code.UNREACHABLE);
            return reached.isOk()
                    ? tried(keycloak, realm, request(ldap, password, "testAuthentication"), Code.REFUSED)
                    : reached;
        } catch (KeycloakException e) {
            return new TestResult(Code.NO_REALM, "The identity provider of this installation does not answer.");
        }
    }

    private static JsonObject request(Ldap ldap, String password, String action) {
        return Json.createObjectBuilder()
                .add("action", action)
                .add("connectionUrl", ldap.url())
                .add("authType", "simple")
                .add("bindDn", ldap.bindDn())
                .add("bindCredential", password)
                .add("useTruststoreSpi", "always")
                .add("connectionTimeout", "5000")
                .add("startTls", Boolean.toString(ldap.startTls()))
                .build();
    }

    private static TestResult tried(Keycloak keycloak, String realm, JsonObject request, Code otherwise)
            throws KeycloakException {
        try {
            keycloak.realm(realm).post("/testLDAPConnection", request);
            return new TestResult(Code.OK, "The directory answers, and takes the account and its password.");
        } catch (KeycloakException e) {
            if (e.status() != 400) {
                throw e;
            }
            return new TestResult(
                    otherwise,
                    otherwise == Code.REFUSED
                            ? "The directory answers, but does not take the account or its password."
                            : "The directory does not answer at this address, or its certificate is not trusted.");
        }
    }
}

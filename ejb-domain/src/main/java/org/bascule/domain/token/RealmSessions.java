package org.bascule.domain.token;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.identity.DomainReference;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * Ends sessions at the realms (Keycloak's Admin REST API, {@code DELETE /admin/realms/{realm}/sessions/{session}}) with the service account of the
 * realm. The realm tells this server of it in the same moment, which must not wait for rows that the caller has locked.
 */
@Stateless
public class RealmSessions {

    private static final Logger LOG = System.getLogger(RealmSessions.class.getName());
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_BODY = 1 << 16;
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    @Inject
    Settings settings;

    @Inject
    Identities identities;

    /**
     * Ends a session and what it was made to last beyond its end. One that is gone already is no failure.
     *
     * @throws RefusedException {@code UNAVAILABLE} if the realm cannot be asked
     */
    public void end(String domainId, String realmSession) throws RefusedException {
        DomainReference domain = identities.domainOfId(domainId).orElseThrow(RefusedException::notFound);
        Settings.LoginEvents account = settings.loginEvents().orElseThrow(RealmSessions::unavailable);
        try {
            String token = token(domain.realm(), account);
            delete(domain.realm(), realmSession, "false", token);
            delete(domain.realm(), realmSession, "true", token);
        } catch (IOException | WireException e) {
            LOG.log(Level.WARNING, "a session of realm " + domain.realm() + " could not be ended", e);
            throw unavailable();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable();
        }
    }

    private static RefusedException unavailable() {
        return new RefusedException(
                Problem.UNAVAILABLE, "The identity provider does not answer. Try again in a moment.");
    }

    private void delete(String realm, String session, String offline, String token)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("%s/admin/realms/%s/sessions/%s?isOffline=%s"
                        .formatted(settings.keycloakUrl(), encoded(realm), encoded(session), offline)))
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + token)
                .DELETE()
                .build();
        int status =
                CLIENT.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        if (status != 204 && status != 404) {
            throw new IOException("status " + status);
        }
    }

    private String token(String realm, Settings.LoginEvents account)
            throws IOException, InterruptedException, WireException {
        String form = "grant_type=client_credentials&client_id=%s&client_secret=%s"
                .formatted(
                        encoded(account.clientId()),
                        encoded(Files.readString(account.secretFile()).strip()));
        HttpRequest request = HttpRequest.newBuilder(URI.create(
                        "%s/realms/%s/protocol/openid-connect/token".formatted(settings.keycloakUrl(), encoded(realm))))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        HttpResponse<String> answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException("status %d of the token endpoint".formatted(answer.statusCode()));
        }
        return StrictJson.parse(answer.body(), MAX_BODY).string("access_token", 16 * 1_024);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}

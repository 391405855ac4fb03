package org.bascule.keycloak;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.authentication.AuthenticationFlowError;
import org.keycloak.authentication.ClientAuthenticationFlowContext;
import org.keycloak.authentication.authenticators.client.ClientIdAndSecretAuthenticator;
import org.keycloak.models.ClientModel;
import org.keycloak.util.BasicAuthHelper;
import org.keycloak.util.JsonSerialization;

/**
 * Stands before everything that a client authenticates for: token endpoint, start of the device grant, introspection, revocation. It takes the place
 * of Keycloak's authenticator of the same name, the only one that Keycloak asks for public clients; a client policy would run after the code or
 * token was looked at.
 *
 * <p>A blocked address is refused with 429. A confidential client that knows its secret is not: it is a server of the installation with 230 random bits,
 * which serves everybody, and whoever guesses at its address must not be able to stop it.
 *
 * <p>What another site's page has a browser send is refused before anything is looked at, and counts as nothing: no client of the template is a page.
 *
 * <p>Realms without Bascule's template, such as master, are left alone.
 */
public final class ClientGuard extends ClientIdAndSecretAuthenticator {

    /** Attribute of a realm: the version of the template that it follows. */
    static final String TEMPLATE = "bascule.template";

    @Override
    public int order() {
        return 1;
    }

    @Override
    public void authenticateClient(ClientAuthenticationFlowContext context) {
        if (context.getRealm().getAttribute(TEMPLATE) != null) {
            if (Requests.isFromElsewhere(context.getSession())) {
                Refusals.leaveOut(context.getEvent());
                context.failure(
                        AuthenticationFlowError.ACCESS_DENIED,
                        answer(
                                Response.status(Response.Status.FORBIDDEN),
                                "invalid_request",
                                "Not from another site."));
                return;
            }
            Given given = given(context);
            Optional<ClientModel> client = given.clientId()
                    .map(id -> context.getSession().clients().getClientByClientId(context.getRealm(), id));
            if (!client.filter(known -> isProved(known, given)).isPresent()) {
                try {
                    context.getSession()
                            .getProvider(AccessServer.class)
                            .admit(Requests.source(context.getSession(), context.getRealm()));
                } catch (RefusedException e) {
                    Refusals.note(context.getEvent(), e);
                    client.ifPresent(context::setClient);
                    context.failure(AuthenticationFlowError.ACCESS_DENIED, answer(e));
                    return;
                }
            }
        }
        super.authenticateClient(context);
    }

    private static boolean isProved(ClientModel client, Given given) {
        return !client.isPublicClient()
                && given.secret().filter(client::validateSecret).isPresent();
    }

    /** What a request says about its client. */
    private record Given(Optional<String> clientId, Optional<String> secret) {}

    private static Given given(ClientAuthenticationFlowContext context) {
        HttpHeaders headers = context.getHttpRequest().getHttpHeaders();
        String authorization = headers.getHeaderString(HttpHeaders.AUTHORIZATION);
        String[] basic = authorization == null ? null : BasicAuthHelper.RFC6749.parseHeader(authorization);
        MediaType type = headers.getMediaType();
        MultivaluedMap<String, String> form =
                type != null && type.isCompatible(MediaType.APPLICATION_FORM_URLENCODED_TYPE)
                        ? context.getHttpRequest().getDecodedFormParameters()
                        : null;
        return new Given(
                field(form, OAuth2Constants.CLIENT_ID).or(() -> part(basic, 0)),
                field(form, OAuth2Constants.CLIENT_SECRET).or(() -> part(basic, 1)));
    }

    private static Optional<String> field(@Nullable MultivaluedMap<String, String> form, String name) {
        return form == null ? Optional.empty() : Optional.ofNullable(form.getFirst(name));
    }

    private static Optional<String> part(String @Nullable [] basic, int index) {
        return basic == null ? Optional.empty() : Optional.ofNullable(basic[index]);
    }

    private static Response answer(RefusedException refused) {
        String text =
                switch (refused.reason()) {
                    case BLOCKED ->
                        "Too many failed attempts from this address. Try again in "
                                + Refusals.text(refused.retryAfter()) + ".";
                    case BUSY -> "Too many attempts at once from this address. Try again in a moment.";
                    case UNAVAILABLE -> "Sign-in is not possible at the moment.";
                };
        return answer(
                Response.status(Refusals.status(refused.reason()))
                        .header(HttpHeaders.RETRY_AFTER, Refusals.seconds(refused.retryAfter())),
                "temporarily_unavailable",
                text);
    }

    private static Response answer(Response.ResponseBuilder response, String error, String text) {
        return response.type(MediaType.APPLICATION_JSON_TYPE)
                .entity(JsonSerialization.valueAsString(Map.of("error", error, "error_description", text)))
                .build();
    }
}

package org.bascule.keycloak;

import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.bascule.keycloak.AccessServer.Kind;
import org.keycloak.events.Errors;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.DefaultOAuth2DeviceUserCodeProviderFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.OAuth2DeviceCodeModel;
import org.keycloak.models.OAuth2DeviceUserCodeProvider;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oidc.grants.device.endpoints.DeviceEndpoint;
import org.keycloak.services.ErrorPageException;

/**
 * The codes that people type to sign in a device (RFC 8628) behind the access server's count. Keycloak has every typed code formatted here before it looks
 * it up, and offers no other place.
 */
public final class UserCodes extends DefaultOAuth2DeviceUserCodeProviderFactory {

    @Override
    public int order() {
        return 1;
    }

    @Override
    public OAuth2DeviceUserCodeProvider create(KeycloakSession session) {
        OAuth2DeviceUserCodeProvider codes = super.create(session);
        return new OAuth2DeviceUserCodeProvider() {
            @Override
            public String generate() {
                return codes.generate();
            }

            @Override
            public String display(String code) {
                return codes.display(code);
            }

            @Override
            public String format(String typed) {
                String code = codes.format(typed);
                RealmModel realm = session.getContext().getRealm();
                if (realm.getAttribute(ClientGuard.TEMPLATE) != null) {
                    if (Requests.isFromElsewhere(session) || Requests.isLink(session)) {
                        throw new ErrorPageException(confirmation(session, codes.display(code)));
                    }
                    count(session, realm, code);
                }
                return code;
            }

            @Override
            public void close() {
                codes.close();
            }
        };
    }

    /**
     * A link is not looked up: it shows the form, for its reader to compare the code with the one at the terminal in front of him (RFC 8628, sections 3.3.1
     * and 5.4); or whoever sends somebody a link would get a token with one click. What else another site's page has a browser send, such as an image, shows
     * nothing. Otherwise any page could have its readers shut out.
     */
    private static Response confirmation(KeycloakSession session, String code) {
        return Requests.isNavigation(session) || !Requests.isFromElsewhere(session)
                ? session.getProvider(LoginFormsProvider.class)
                        .setExecution(AuthenticatedClientSessionModel.Action.USER_CODE_VERIFICATION.name())
                        .setAttribute("basculeUserCode", code)
                        .createOAuth2DeviceVerifyUserCodePage()
                : Response.status(Response.Status.FORBIDDEN).build();
    }

    private static void count(KeycloakSession session, RealmModel realm, String code) {
        AccessServer accessServer = session.getProvider(AccessServer.class);
        try {
            String attempt = accessServer.reserve(
                    Requests.source(session, realm), Kind.USER_CODE, Optional.empty(), Optional.empty());
            accessServer.settle(
                    attempt,
                    Optional.empty(),
                    isGood(session, realm, code) ? Optional.empty() : Optional.of(Errors.INVALID_OAUTH2_USER_CODE));
        } catch (RefusedException e) {
            throw new ErrorPageException(
                    session, Refusals.status(e.reason()), Refusals.message(e.reason()), Refusals.text(e.retryAfter()));
        }
    }

    private static boolean isGood(KeycloakSession session, RealmModel realm, String code) {
        OAuth2DeviceCodeModel device = DeviceEndpoint.getDeviceByUserCode(session, realm, code);
        return device != null && device.isPending() && !device.isDenied() && !device.isExpired();
    }
}

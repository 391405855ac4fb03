package org.bascule.keycloak;

import java.util.List;
import java.util.Set;
import org.bascule.keycloak.AccessServer.Kind;
import org.jspecify.annotations.Nullable;
import org.keycloak.Config;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.AuthenticatorFactory;
import org.keycloak.authentication.authenticators.browser.OTPFormAuthenticatorFactory;
import org.keycloak.authentication.authenticators.browser.RecoveryAuthnCodesFormAuthenticatorFactory;
import org.keycloak.authentication.authenticators.browser.UsernamePasswordFormFactory;
import org.keycloak.authentication.authenticators.browser.WebAuthnAuthenticatorFactory;
import org.keycloak.authentication.authenticators.browser.WebAuthnPasswordlessAuthenticatorFactory;
import org.keycloak.models.AuthenticationExecutionModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.provider.ProviderConfigProperty;

/** An authenticator of Keycloak's behind the access server's count, under a name of its own. */
public abstract class GuardedFactory implements AuthenticatorFactory {

    private final String id;
    private final Kind kind;
    private final AuthenticatorFactory guarded;

    GuardedFactory(String id, Kind kind, AuthenticatorFactory guarded) {
        this.id = id;
        this.kind = kind;
        this.guarded = guarded;
    }

    /** User name and password, or a passkey in their place. */
    public static final class Password extends GuardedFactory {
        public Password() {
            super("bascule-password", Kind.PASSWORD, new UsernamePasswordFormFactory());
        }
    }

    /** Code of an authenticator app. */
    public static final class Otp extends GuardedFactory {
        public Otp() {
            super("bascule-otp", Kind.OTP, new OTPFormAuthenticatorFactory());
        }
    }

    /** One of the codes that were printed. */
    public static final class RecoveryCode extends GuardedFactory {
        public RecoveryCode() {
            super("bascule-recovery-code", Kind.RECOVERY_CODE, new RecoveryAuthnCodesFormAuthenticatorFactory());
        }
    }

    /** Security key as second factor. */
    public static final class SecurityKey extends GuardedFactory {
        public SecurityKey() {
            super("bascule-security-key", Kind.PASSKEY, new WebAuthnAuthenticatorFactory());
        }
    }

    /** Passkey as second factor, after the password. */
    public static final class Passkey extends GuardedFactory {
        public Passkey() {
            super("bascule-passkey", Kind.PASSKEY, new WebAuthnPasswordlessAuthenticatorFactory());
        }
    }

    /** Whose password is to be reset. */
    public static final class Reset extends GuardedFactory {
        public Reset() {
            super("bascule-reset-user", Kind.RESET, new ResetUser());
        }
    }

    @Override
    public Authenticator create(KeycloakSession session) {
        return Guarded.of(guarded.create(session), kind);
    }

    @Override
    public String getId() {
        return id;
    }

    @Override
    public void init(Config.Scope config) {
        guarded.init(config);
    }

    @Override
    public void postInit(KeycloakSessionFactory factory) {
        guarded.postInit(factory);
    }

    @Override
    public void close() {
        guarded.close();
    }

    @Override
    public String getDisplayType() {
        return "Bascule: " + guarded.getDisplayType();
    }

    @Override
    public String getHelpText() {
        return guarded.getHelpText() + " The access server counts every attempt and refuses blocked addresses.";
    }

    @Override
    public @Nullable String getReferenceCategory() {
        return guarded.getReferenceCategory();
    }

    @Override
    public Set<String> getOptionalReferenceCategories(KeycloakSession session) {
        return guarded.getOptionalReferenceCategories(session);
    }

    @Override
    public boolean isConfigurable() {
        return guarded.isConfigurable();
    }

    @Override
    public AuthenticationExecutionModel.Requirement[] getRequirementChoices() {
        return guarded.getRequirementChoices();
    }

    @Override
    public boolean isUserSetupAllowed() {
        return guarded.isUserSetupAllowed();
    }

    @Override
    public @Nullable List<ProviderConfigProperty> getConfigProperties() {
        return guarded.getConfigProperties();
    }
}

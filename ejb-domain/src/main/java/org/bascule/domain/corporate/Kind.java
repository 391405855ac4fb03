package org.bascule.domain.corporate;

import java.util.Arrays;
import java.util.Optional;

/** By what a provider is spoken to. */
public enum Kind {
    OIDC("oidc"),
    SAML("saml"),
    LDAP("ldap");

    private final String code;

    Kind(String code) {
        this.code = code;
    }

    /** In the API and the database. */
    public String code() {
        return code;
    }

    public static Optional<Kind> ofCode(String code) {
        return Arrays.stream(values()).filter(kind -> kind.code.equals(code)).findFirst();
    }
}

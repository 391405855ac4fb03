package org.bascule.web.login;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What people change about their own sign-in, at the realm: Keycloak's application-initiated actions ({@code kc_action}). */
final class AccountActions {

    private static final Map<String, String> ACTIONS = Map.of(
            "password", "UPDATE_PASSWORD",
            "totp", "CONFIGURE_TOTP",
            "passkey", "webauthn-register",
            "passkey-login", "webauthn-register-passwordless",
            "recovery-codes", "CONFIGURE_RECOVERY_AUTHN_CODES");

    private static final String REMOVE = "remove";
    private static final Pattern FACTOR = Pattern.compile("[0-9a-f-]{36}");
    private static final Map<String, String> ENDS =
            Map.of("success", "done", "cancelled", "cancelled", "error", "failed");

    private AccountActions() {}

    /**
     * The realm's action for {@code do=}; empty if there is none.
     *
     * @param factor which one, for {@code remove}
     */
    static Optional<String> of(@Nullable String what, @Nullable String factor) {
        if (REMOVE.equals(what) && factor != null && FACTOR.matcher(factor).matches()) {
            return Optional.of("delete_credential:" + factor);
        }
        return Optional.ofNullable(what).map(ACTIONS::get);
    }

    /** A page of this site that is told how an action ended ({@code action=done|cancelled|failed}), if there was one. */
    static String told(String next, @Nullable String status) {
        String end = status == null ? null : ENDS.get(status);
        if (end == null) {
            return next;
        }
        String page = next.replaceFirst("#.*", "");
        return page + (page.indexOf('?') < 0 ? '?' : '&') + "action=" + end;
    }
}

package org.bascule.web.login;

import java.util.Locale;
import java.util.Set;
import org.bascule.web.site.PublicUrl;
import org.jspecify.annotations.Nullable;

/**
 * Tells requests that this site's pages made from those that another site made the browser send.
 *
 * <p>A change with a cookie needs both the login's token and this site's {@code Origin}; a WebSocket with a cookie needs the {@code Origin},
 * because browsers let any page open one. Bearer requests need neither: no other site can add the header.
 */
public final class ForgeryRules {

    private static final Set<String> READ_ONLY = Set.of("GET", "HEAD", "OPTIONS");

    private final PublicUrl site;

    public ForgeryRules(PublicUrl site) {
        this.site = site;
    }

    /** Whether the request may pass. */
    public boolean allowsChange(String method, SignedIn login, @Nullable String origin, @Nullable String csrf) {
        return !isChange(method) || (isOurs(origin) && login.hasCsrf(csrf));
    }

    static boolean isChange(String method) {
        return !READ_ONLY.contains(method.toUpperCase(Locale.ROOT));
    }

    /** Whether an {@code Origin} header names this site; {@code null} and an absent one do not. */
    public boolean isOurs(@Nullable String origin) {
        return site.origin().equals(origin);
    }
}

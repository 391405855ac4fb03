package org.bascule.web.site;

import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * What every answer tells the browser to refuse: foreign scripts, frames, guessed content types, referrers, plain http.
 *
 * <p>The policy allows connections to this site and the relays alone, so that a script that got in could not talk to anybody else. Styles may be
 * inline because the terminal injects its own; scripts may not, and Trusted Types keep text out of the places that would run it.
 */
public final class SecurityHeaders {

    private static final String YEAR = "31536000";

    private final Site site;
    private final Supplier<List<String>> relays;
    private final Map<String, String> fixed;
    private volatile Policy policy;

    private record Policy(List<String> relays, String text) {}

    private SecurityHeaders(Site site, Supplier<List<String>> relays, Map<String, String> fixed) {
        this.site = site;
        this.relays = relays;
        this.fixed = Map.copyOf(fixed);
        this.policy = new Policy(List.of(), policy(site, List.of()));
    }

    /** @param relays URLs of the relays for browsers as they are at the moment, beside those of the site */
    public static SecurityHeaders of(Site site, Supplier<List<String>> relays) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("X-Frame-Options", "DENY");
        // not no-referrer: under it browsers send "Origin: null" with our own forms
        headers.put("Referrer-Policy", "same-origin");
        headers.put("Cross-Origin-Opener-Policy", "same-origin");
        headers.put("Cross-Origin-Resource-Policy", "same-origin");
        headers.put("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
        if (site.publicUrl().secure()) {
            headers.put("Strict-Transport-Security", "max-age=" + YEAR);
        }
        return new SecurityHeaders(site, relays, headers);
    }

    /** The content security policy; directives in a fixed order. */
    static String policy(Site site, List<String> relays) {
        return String.join(
                "; ",
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self' 'unsafe-inline'",
                "img-src 'self' data:",
                "font-src 'self'",
                "connect-src " + String.join(" ", connect(site, relays)),
                "manifest-src 'self'",
                "worker-src 'self'",
                "base-uri 'none'",
                // browsers apply this to redirects too: log-out is a form whose answer leads to the identity provider
                "form-action 'self' " + Site.origin(site.identityProvider()),
                "frame-ancestors 'none'",
                "require-trusted-types-for 'script'");
    }

    private static Set<String> connect(Site site, List<String> live) {
        Set<String> sources = new LinkedHashSet<>();
        sources.add("'self'");
        sources.add(site.publicUrl().webSocketOrigin());
        Set<String> relays = new TreeSet<>();
        for (URI relay : site.relays()) {
            relays.add(Site.origin(relay).replaceFirst("^http", "ws"));
        }
        for (String relay : live) {
            relays.add(Site.origin(URI.create(relay)));
        }
        sources.addAll(relays);
        return sources;
    }

    /** For a page that is loaded now: who keeps it open cannot reach relays that come later. */
    private String policy() {
        List<String> now = relays.get();
        Policy present = policy;
        if (!present.relays().equals(now)) {
            present = new Policy(now, policy(site, now));
            policy = present;
        }
        return present.text();
    }

    public void apply(HttpServletResponse response) {
        asMap().forEach(response::setHeader);
    }

    public Map<String, String> asMap() {
        Map<String, String> headers = new LinkedHashMap<>(fixed);
        headers.put("Content-Security-Policy", policy());
        return headers;
    }
}

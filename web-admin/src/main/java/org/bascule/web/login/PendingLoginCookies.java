package org.bascule.web.login;

import jakarta.servlet.http.Cookie;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bascule.web.site.PublicUrl;
import org.jspecify.annotations.Nullable;

/**
 * The logins that one browser has under way, one for each tab, each in a sealed cookie of its own: strangers leave nothing in this server's memory.
 *
 * <p>Guarantees: an answer counts in the browser that began the login and nowhere else, and there once, for the cookie goes with it. (Somebody
 * who kept a copy of his own cookie gets no further with it: the realm takes a code once.) A browser has at most {@link #MAX_LOGINS} and
 * {@link #MAX_ALL} characters of them, because it sends them with every request, and servers take 8 kB of headers; the oldest go first.
 *
 * <p>They are for the whole site: {@code /login} must see them to bound them, and only then can they have the prefix that keeps a
 * neighbouring host from planting one (draft-ietf-httpbis-rfc6265bis, section 4.1.3.2).
 */
final class PendingLoginCookies {

    static final int MAX_LOGINS = 5;

    /** Characters of the names and values of all of them. */
    static final int MAX_ALL = 4_000;

    /** Of one; what is longer was not made here. */
    private static final int MAX_VALUE = 2_000;

    /** As {@link LoginFlow#start} makes them: 256 bits, base64url. */
    private static final Pattern STATE = Pattern.compile("[A-Za-z0-9_-]{43}");

    private final PendingLoginSeal seal;
    private final Clock clock;
    private final String prefix;
    private final String attributes;

    PendingLoginCookies(PublicUrl site, PendingLoginSeal seal, Clock clock) {
        this.seal = seal;
        this.clock = clock;
        this.prefix = site.cookieName() + "-login-";
        this.attributes = "; Path=/; HttpOnly; SameSite=Lax" + (site.secure() ? "; Secure" : "");
    }

    /**
     * A login begins.
     *
     * @param sent the request's cookies, null for none
     * @return values of {@code Set-Cookie}
     */
    List<String> begin(Cookie @Nullable [] sent, PendingLogin login) {
        List<String> set = new ArrayList<>();
        List<Kept> kept = new ArrayList<>();
        for (Cookie cookie : mine(sent)) {
            Optional<PendingLogin> old = opened(cookie);
            if (old.isPresent()) {
                kept.add(new Kept(cookie, old.get()));
            } else {
                set.add(removal(cookie.getName()));
            }
        }
        kept.sort(Comparator.comparing(old -> old.login().started()));
        String name = prefix + login.state();
        String value = value(name, login);
        int all = name.length()
                + value.length()
                + kept.stream().mapToInt(Kept::length).sum();
        while (!kept.isEmpty() && (kept.size() >= MAX_LOGINS || all > MAX_ALL)) {
            Kept oldest = kept.remove(0);
            all -= oldest.length();
            set.add(removal(oldest.cookie().getName()));
        }
        set.add(name + "=" + value + "; Max-Age=" + PendingLogin.PATIENCE.toSeconds() + attributes);
        return set;
    }

    /** The login with this state, if this browser began it and it has not taken too long. */
    Optional<PendingLogin> of(Cookie @Nullable [] sent, @Nullable String state) {
        return mine(sent).stream()
                .filter(cookie -> cookie.getName().equals(prefix + state))
                .flatMap(cookie -> opened(cookie).stream())
                .findFirst();
    }

    /** The value of {@code Set-Cookie} with which the browser forgets a login. */
    String removal(PendingLogin login) {
        return removal(prefix + login.state());
    }

    private String removal(String name) {
        return name + "=; Max-Age=0" + attributes;
    }

    private String value(String name, PendingLogin login) {
        String value = seal.seal(name, login);
        return value.length() <= MAX_VALUE ? value : seal.seal(name, login.to(NextPath.HOME));
    }

    private List<Cookie> mine(Cookie @Nullable [] sent) {
        return sent == null
                ? List.of()
                : List.of(sent).stream()
                        .filter(cookie -> cookie.getName().startsWith(prefix)
                                && STATE.matcher(state(cookie)).matches())
                        .toList();
    }

    private String state(Cookie cookie) {
        return cookie.getName().substring(prefix.length());
    }

    private Optional<PendingLogin> opened(Cookie cookie) {
        String value = cookie.getValue();
        return value == null || value.length() > MAX_VALUE
                ? Optional.empty()
                : seal.open(cookie.getName(), state(cookie), value).filter(login -> !login.expired(clock.instant()));
    }

    private record Kept(Cookie cookie, PendingLogin login) {

        int length() {
            return cookie.getName().length() + cookie.getValue().length();
        }
    }
}

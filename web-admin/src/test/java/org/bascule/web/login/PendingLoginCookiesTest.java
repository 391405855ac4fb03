package org.bascule.web.login;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.Cookie;
import java.net.HttpCookie;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bascule.web.site.PublicUrl;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PendingLoginCookiesTest {

    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final PublicUrl SITE = PublicUrl.parse("https://bascule.example");

    private TestRealms realms;
    private PendingLoginSeal seal;
    private PendingLoginCookies cookies;

    /** What the browser keeps, in the order in which it got it. */
    private final Map<String, String> jar = new LinkedHashMap<>();

    @BeforeEach
    void start() throws Exception {
        realms = new TestRealms();
        seal = new PendingLoginSeal(realms);
        cookies = at(NOW);
    }

    @AfterEach
    void stop() {
        realms.close();
    }

    private PendingLoginCookies at(Instant now) {
        return new PendingLoginCookies(SITE, seal, Clock.fixed(now, ZoneOffset.UTC));
    }

    private static String state(int number) {
        return String.format("%043d", number);
    }

    private static String name(int number) {
        return "__Host-bascule-login-" + state(number);
    }

    private PendingLogin login(int number, Instant started, String next) {
        return new PendingLogin(
                realms.realm("a"), state(number), "n".repeat(43), "v".repeat(43), next, started, TestRealms.SUBJECT);
    }

    private Cookie[] sent() {
        return jar.entrySet().stream()
                .map(entry -> new Cookie(entry.getKey(), entry.getValue()))
                .toArray(Cookie[]::new);
    }

    private void keep(List<String> set) {
        for (String line : set) {
            HttpCookie cookie = HttpCookie.parse("Set-Cookie: " + line).get(0);
            jar.remove(cookie.getName());
            if (cookie.getMaxAge() != 0) {
                jar.put(cookie.getName(), cookie.getValue());
            }
        }
    }

    private List<String> begin(int number, Instant started, String next) {
        List<String> set = at(started).begin(sent(), login(number, started, next));
        keep(set);
        return set;
    }

    private @Nullable PendingLogin of(int number) {
        return cookies.of(sent(), state(number)).orElse(null);
    }

    @Test
    void aBegunLoginComesBackAsItWas() {
        List<String> set = begin(1, NOW, "/devices?tag=a");
        assertThat(set).singleElement().satisfies(line -> assertThat(line)
                .startsWith(name(1) + "=")
                .endsWith("; Max-Age=1200; Path=/; HttpOnly; SameSite=Lax; Secure")
                .doesNotContain("vvvv")
                .doesNotContain("devices"));
        assertThat(of(1)).isEqualTo(login(1, NOW, "/devices?tag=a"));
        PendingLogin anybody = new PendingLogin(realms.realm("b"), state(2), "nonce", "verifier", "/", NOW, null);
        keep(cookies.begin(sent(), anybody));
        assertThat(of(2)).isEqualTo(anybody);
    }

    @Test
    void withoutTlsTheCookieHasNoPrefixAndIsNotSecure() {
        PendingLoginCookies plain = new PendingLoginCookies(
                PublicUrl.parse("http://localhost:8080"), seal, Clock.fixed(NOW, ZoneOffset.UTC));
        assertThat(plain.begin(null, login(1, NOW, "/")))
                .singleElement()
                .satisfies(line -> assertThat(line).startsWith("bascule-login-").doesNotContain("Secure"));
    }

    @Test
    void tabsDoNotDisturbEachOtherAndATakenLoginIsForgotten() {
        begin(1, NOW, "/a");
        begin(2, NOW, "/b");
        assertThat(of(1)).isEqualTo(login(1, NOW, "/a"));
        keep(List.of(cookies.removal(login(1, NOW, "/a"))));
        assertThat(of(1)).isNull();
        assertThat(of(2)).isEqualTo(login(2, NOW, "/b"));
    }

    @Test
    void foreignAndMissingStatesAreUnknown() {
        begin(1, NOW, "/");
        assertThat(of(2)).isNull();
        assertThat(cookies.of(sent(), null)).isEmpty();
        assertThat(cookies.of(sent(), "")).isEmpty();
        assertThat(cookies.of(sent(), state(1) + "x")).isEmpty();
        assertThat(cookies.of(null, state(1))).isEmpty();
        assertThat(of(1)).isNotNull();
    }

    @Test
    void aChangedCookieIsNone() {
        begin(1, NOW, "/");
        String value = Objects.requireNonNull(jar.get(name(1)));
        for (int at = 0; at < value.length(); at++) {
            char other = value.charAt(at) == 'A' ? 'B' : 'A';
            jar.put(name(1), value.substring(0, at) + other + value.substring(at + 1));
            // the last character holds bits that count for nothing
            if (at < value.length() - 1) {
                assertThat(of(1)).as("character " + at).isNull();
            }
        }
        for (String forged : List.of("", "x", "A".repeat(40), "A".repeat(400), "not base64!", value + "A".repeat(4))) {
            jar.put(name(1), forged);
            assertThat(of(1)).as(forged).isNull();
        }
        jar.put(name(1), value);
        assertThat(of(1)).isNotNull();
    }

    @Test
    void aCookieUnderAnotherNameIsNone() {
        begin(1, NOW, "/");
        begin(2, NOW, "/");
        String one = Objects.requireNonNull(jar.get(name(1)));
        jar.put(name(1), Objects.requireNonNull(jar.get(name(2))));
        jar.put(name(2), one);
        assertThat(of(1)).isNull();
        assertThat(of(2)).isNull();
    }

    @Test
    void aCookieOfAnotherProcessIsNoneAndGoesWhenALoginBegins() {
        keep(new PendingLoginCookies(SITE, new PendingLoginSeal(realms), Clock.fixed(NOW, ZoneOffset.UTC))
                .begin(null, login(1, NOW, "/")));
        assertThat(of(1)).isNull();
        begin(2, NOW, "/");
        assertThat(jar).containsOnlyKeys(name(2));
    }

    @Test
    void aRealmThatIsGoneHasNoLogin() {
        keep(cookies.begin(null, new PendingLogin(realms.realm("c"), state(1), "nonce", "verifier", "/", NOW, null)));
        assertThat(of(1)).isNull();
    }

    @Test
    void patienceEnds() {
        begin(1, NOW, "/");
        Instant end = NOW.plus(PendingLogin.PATIENCE);
        assertThat(at(end).of(sent(), state(1))).isPresent();
        assertThat(at(end.plusSeconds(1)).of(sent(), state(1))).isEmpty();
        begin(2, end.plusSeconds(1), "/");
        assertThat(jar).containsOnlyKeys(name(2));
    }

    @Test
    void theSixthTabTakesThePlaceOfTheOldest() {
        IntStream.rangeClosed(1, 5).forEach(tab -> begin(tab, NOW.plusSeconds(tab), "/devices"));
        assertThat(jar).hasSize(5);
        assertThat(begin(6, NOW.plusSeconds(6), "/devices"))
                .contains(name(1) + "=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure");
        cookies = at(NOW.plusSeconds(6));
        assertThat(of(1)).isNull();
        IntStream.rangeClosed(2, 6).forEach(tab -> assertThat(of(tab)).isNotNull());
    }

    @Test
    void longPathsDoNotFillTheHeaders() {
        String longest = "/devices?q=" + "x".repeat(989);
        for (int tab = 1; tab <= 10; tab++) {
            begin(tab, NOW.plusSeconds(tab), longest);
            assertThat(jar.entrySet().stream()
                            .mapToInt(entry ->
                                    entry.getKey().length() + entry.getValue().length())
                            .sum())
                    .isLessThanOrEqualTo(PendingLoginCookies.MAX_ALL);
        }
        cookies = at(NOW.plusSeconds(10));
        assertThat(of(10)).extracting(PendingLogin::next).isEqualTo(longest);
        begin(11, NOW.plusSeconds(11), "/" + "x".repeat(3_000));
        cookies = at(NOW.plusSeconds(11));
        assertThat(of(11)).extracting(PendingLogin::next).isEqualTo("/");
    }

    @Test
    void whatIsTooLongOrNamedOtherwiseIsNotLookedAt() {
        begin(1, NOW, "/");
        List<Cookie> sent = new ArrayList<>(List.of(sent()));
        sent.add(0, new Cookie(name(1), "A".repeat(5_000)));
        sent.add(new Cookie("__Host-bascule-login-x", "A"));
        sent.add(new Cookie("other", "A"));
        // a cookie that somebody planted under the same name does not hide the true one
        assertThat(cookies.of(sent.toArray(Cookie[]::new), state(1))).isPresent();
        assertThat(cookies.begin(sent.toArray(Cookie[]::new), login(2, NOW, "/")))
                .noneMatch(line -> line.startsWith("other") || line.startsWith("__Host-bascule-login-x="));
    }
}

package org.bascule.web.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class PendingLoginsTest {

    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    private final PendingLogins logins = new PendingLogins();

    private static PendingLogin login(String state, Instant started) {
        Realm realm = new Realm("https://id.example/realms/a", "domain-a", "A");
        return new PendingLogin(realm, state, "nonce", "verifier", "/", started, null);
    }

    @Test
    void anAnswerCountsOnce() {
        logins.add(login("s1", NOW));
        assertThat(logins.take("s1", NOW)).isPresent();
        assertThat(logins.take("s1", NOW)).isEmpty();
    }

    @Test
    void tabsDoNotDisturbEachOther() {
        logins.add(login("s1", NOW));
        logins.add(login("s2", NOW));
        assertThat(logins.take("s1", NOW)).get().extracting(PendingLogin::state).isEqualTo("s1");
        assertThat(logins.take("s2", NOW)).get().extracting(PendingLogin::state).isEqualTo("s2");
    }

    @Test
    void foreignAndMissingStatesAreUnknown() {
        logins.add(login("s1", NOW));
        assertThat(logins.take("s2", NOW)).isEmpty();
        assertThat(logins.take(null, NOW)).isEmpty();
        assertThat(logins.take("s1", NOW)).isPresent();
    }

    @Test
    void patienceEnds() {
        logins.add(login("s1", NOW));
        assertThat(logins.take("s1", NOW.plus(PendingLogin.PATIENCE).plusSeconds(1)))
                .isEmpty();
    }

    @Test
    void manyLoginsDoNotPileUp() {
        for (int i = 0; i < 100; i++) {
            logins.add(login("s" + i, NOW));
        }
        assertThat(logins.take("s94", NOW)).isEmpty();
        assertThat(logins.take("s95", NOW)).isPresent();
    }
}

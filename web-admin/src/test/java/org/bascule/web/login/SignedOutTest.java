package org.bascule.web.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Whose connections are closed when the realm says that sessions ended: it knows subjects, not the domain's users. */
class SignedOutTest {

    private static final String ISSUER = TestLogins.REALM.issuer();

    private final SignedIn login = TestLogins.login("csrf", Instant.EPOCH);

    @Test
    void coversAllLoginsOfTheSubject() {
        assertThat(login.identity().userId()).isNotEqualTo(TestRealms.SUBJECT);
        assertThat(new SignedOut(ISSUER, null, TestRealms.SUBJECT).covers(login))
                .isTrue();
        assertThat(new SignedOut(ISSUER, null, TestLogins.USER).covers(login)).isFalse();
        assertThat(new SignedOut("https://id.example/realms/b", null, TestRealms.SUBJECT).covers(login))
                .isFalse();
    }

    @Test
    void coversOneSessionOfTheRealm() {
        assertThat(new SignedOut(ISSUER, "realm-session-1", TestRealms.SUBJECT).covers(login))
                .isTrue();
        assertThat(new SignedOut(ISSUER, "realm-session-2", TestRealms.SUBJECT).covers(login))
                .isFalse();
    }
}

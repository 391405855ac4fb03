package org.bascule.web.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class EndedSessionsTest {

    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final String ISSUER = TestLogins.REALM.issuer();
    private static final String OTHER_SUBJECT = "00000000-0000-4000-8000-000000000000";

    private final EndedSessions ended = new EndedSessions(Clock.fixed(NOW, ZoneOffset.UTC));

    private static SignedIn login(String realmSession, String subject, Instant since) {
        return TestLogins.login("csrf", since, realmSession, subject);
    }

    @Test
    void oneSessionEndsAndOthersStay() {
        ended.session(ISSUER, "s1");
        assertThat(ended.covers(login("s1", TestRealms.SUBJECT, NOW.minusSeconds(60))))
                .isTrue();
        assertThat(ended.covers(login("s2", TestRealms.SUBJECT, NOW.minusSeconds(60))))
                .isFalse();
    }

    @Test
    void allSessionsOfASubjectEndButNotLaterOnes() {
        ended.subject(ISSUER, TestRealms.SUBJECT);
        assertThat(ended.covers(login("s1", TestRealms.SUBJECT, NOW.minusSeconds(60))))
                .isTrue();
        assertThat(ended.covers(login("s2", TestRealms.SUBJECT, NOW.plusSeconds(1))))
                .isFalse();
        assertThat(ended.covers(login("s3", OTHER_SUBJECT, NOW.minusSeconds(60))))
                .isFalse();
    }

    @Test
    void realmsDoNotEndEachOthersSessions() {
        ended.session("https://id.example/realms/b", "s1");
        ended.subject("https://id.example/realms/b", TestRealms.SUBJECT);
        assertThat(ended.covers(login("s1", TestRealms.SUBJECT, NOW.minusSeconds(60))))
                .isFalse();
    }

    @Test
    void whenTooManyEndedEverybodyOlderSignsInAgain() {
        for (int i = 0; i <= EndedSessions.MAX; i++) {
            ended.session(ISSUER, "s" + i);
        }
        assertThat(ended.covers(login("s0", TestRealms.SUBJECT, NOW.minusSeconds(60))))
                .isTrue();
        assertThat(ended.covers(login("never-ended", OTHER_SUBJECT, NOW.minusSeconds(60))))
                .isTrue();
        assertThat(ended.covers(login("never-ended", OTHER_SUBJECT, NOW.plusSeconds(1))))
                .isFalse();
    }
}

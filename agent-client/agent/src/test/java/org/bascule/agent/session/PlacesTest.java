package org.bascule.agent.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.bascule.wire.SessionId;
import org.junit.jupiter.api.Test;

class PlacesTest {

    private final Places places = new Places();

    private int take(SessionId sid, int wanted) {
        int got = 0;
        while (got < wanted && places.enter(sid)) {
            got++;
        }
        return got;
    }

    @Test
    void twoSessionsWithAllTheirStreamsLeaveRoomForTheFirstToolsOfOthers() {
        SessionId one = SessionId.random();
        SessionId two = SessionId.random();
        assertThat(take(one, 32) + take(two, 32)).isEqualTo(Places.ALL - Places.KEPT);
        SessionId last = one;
        for (int i = 0; i < Places.KEPT / Places.FIRST; i++) {
            last = SessionId.random();
            assertThat(take(last, 32)).isEqualTo(Places.FIRST);
        }
        SessionId late = SessionId.random();
        assertThat(places.enter(late)).as("more than all").isFalse();
        places.leave(last);
        assertThat(places.enter(one)).isFalse();
        assertThat(places.enter(late)).isTrue();
    }

    @Test
    void whatIsLeftIsFreeAgain() {
        List<SessionId> sessions = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < Places.ALL; i++) {
                sessions.add(SessionId.random());
                assertThat(places.enter(sessions.get(i))).isTrue();
            }
            assertThat(places.enter(SessionId.random())).isFalse();
            sessions.forEach(places::leave);
            sessions.clear();
        }
    }
}

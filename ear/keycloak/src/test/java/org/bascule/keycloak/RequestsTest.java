package org.bascule.keycloak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.keycloak.events.Errors;
import org.keycloak.events.Event;
import org.keycloak.events.EventType;

class RequestsTest {

    @Test
    void aPageOfAnotherSiteSaysSoAndAProgramNothing() {
        assertThat(Requests.isFromElsewhere("cross-site")).isTrue();
        assertThat(Requests.isFromElsewhere("same-site")).isTrue();
        assertThat(Requests.isFromElsewhere("same-origin")).isFalse();
        assertThat(Requests.isFromElsewhere("none")).isFalse();
        assertThat(Requests.isFromElsewhere((String) null)).isFalse();
    }

    @Test
    void oneAddressIsBelievedAndAListRefused() throws Exception {
        Requests.requireOneAddress(List.of());
        Requests.requireOneAddress(List.of("198.51.100.7"));
        Requests.requireOneAddress(List.of("[2001:db8::7]:4711"));
        for (List<String> lines : List.of(
                List.of("203.0.113.9, 198.51.100.7"),
                List.of("203.0.113.9,198.51.100.7"),
                List.of(",198.51.100.7"),
                List.of("203.0.113.9", "198.51.100.7"),
                List.of("", "198.51.100.7"))) {
            assertThatThrownBy(() -> Requests.requireOneAddress(lines))
                    .as(lines.toString())
                    .isInstanceOfSatisfying(RefusedException.class, e -> assertThat(e.reason())
                            .isEqualTo(RefusedException.Reason.UNAVAILABLE));
        }
    }

    private static Event event(EventType type, String error) {
        Event event = new Event();
        event.setType(type);
        event.setError(error);
        return event;
    }

    @Test
    void onlyRequestsOfNoClientOfOursAreAStrangers() {
        assertThat(Events.isOfAStranger(event(EventType.LOGIN_ERROR, Errors.CLIENT_NOT_FOUND)))
                .isTrue();
        assertThat(Events.isOfAStranger(event(EventType.LOGIN_ERROR, Errors.INVALID_REDIRECT_URI)))
                .isTrue();
        assertThat(Events.isOfAStranger(event(EventType.LOGIN_ERROR, Errors.INVALID_USER_CREDENTIALS)))
                .isFalse();
        assertThat(Events.isOfAStranger(event(EventType.LOGOUT_ERROR, Errors.INVALID_REDIRECT_URI)))
                .isFalse();
        Event success = new Event();
        success.setType(EventType.LOGIN);
        assertThat(Events.isOfAStranger(success)).isFalse();
    }

    @Test
    void whatIsLeftOutSaysSoItself() {
        Event event = event(EventType.LOGIN_ERROR, Errors.CLIENT_NOT_FOUND);
        event.setDetails(new HashMap<>(Map.of("a", "b")));
        assertThat(Refusals.isLeftOut(event)).isFalse();
        Refusals.leaveOut(event);
        assertThat(Refusals.isLeftOut(event)).isTrue();
        assertThat(event.getDetails()).containsEntry("a", "b");
    }
}

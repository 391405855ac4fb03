package org.bascule.web.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.live.LiveEvent;
import org.bascule.web.problem.ProblemCode;
import org.junit.jupiter.api.Test;

class EventTextTest {

    @Test
    void isWhatTheSpecificationSays() {
        assertThat(EventText.of(new LiveEvent.DeviceChanged(
                        "dom", "uid", "online", Instant.parse("2026-01-31T12:00:00Z"), "a\u202Eb\"c")))
                .isEqualTo("{\"type\":\"device\",\"uid\":\"uid\",\"state\":\"online\","
                        + "\"lastSeen\":\"2026-01-31T12:00:00Z\",\"name\":\"a\u202Eb\\\"c\"}");
        assertThat(EventText.of(new LiveEvent.DeviceChanged("dom", "uid", "offline", null, "n")))
                .contains("\"lastSeen\":null");
        assertThat(EventText.of(new LiveEvent.DeviceAdded("dom", "uid", "folder")))
                .isEqualTo("{\"type\":\"device-added\",\"uid\":\"uid\",\"folder\":\"folder\"}");
        assertThat(EventText.of(new LiveEvent.OptionsChanged("dom"))).isEqualTo("{\"type\":\"options\"}");
        assertThat(EventText.of(new LiveEvent.FolderChanged("dom", "id", "moved")))
                .isEqualTo("{\"type\":\"folder\",\"id\":\"id\",\"change\":\"moved\"}");
        assertThat(EventText.of(new LiveEvent.PrincipalChanged("dom", "id", "user", "added")))
                .isEqualTo("{\"type\":\"user\",\"id\":\"id\",\"change\":\"added\"}");
        assertThat(EventText.of(new LiveEvent.SessionChanged("dom", "sid", "uid", "user", "started")))
                .isEqualTo("{\"type\":\"session\",\"sid\":\"sid\",\"device\":\"uid\",\"state\":\"started\"}");
        assertThat(EventText.of(new LiveEvent.RightsChanged("dom", 7))).isEqualTo("{\"type\":\"rights\"}");
        assertThat(EventText.of(new LiveEvent.ResourceMoved("dom", "uid", 7)))
                .isEqualTo("{\"type\":\"moved\",\"id\":\"uid\"}");
        assertThat(EventText.of(new LiveEvent.AccessRequested("dom", "id", "open", "uid", "user")))
                .isEqualTo("{\"type\":\"access-request\",\"id\":\"id\",\"state\":\"open\"}");
        assertThat(EventText.of(new LiveEvent.ConsentChanged("dom", "sid", "uid", "user", "asking")))
                .isEqualTo("{\"type\":\"consent\",\"sid\":\"sid\",\"device\":\"uid\",\"state\":\"asking\"}");
        assertThat(EventText.of(new LiveEvent.RelaysChanged())).isEqualTo("{\"type\":\"relays\"}");
        assertThat(EventText.of(new LiveEvent.AuditAdded("dom"))).isEqualTo("{\"type\":\"audit\"}");
        for (LiveEvent gone : List.of(
                new LiveEvent.DeviceRemoved("dom", "uid"),
                new LiveEvent.FolderChanged("dom", "id", "removed"),
                new LiveEvent.PrincipalChanged("dom", "id", "group", "removed"))) {
            assertThat(EventText.of(gone)).as("what is gone has no name").isEqualTo("{\"type\":\"directory\"}");
        }
        assertThat(EventText.HEARTBEAT).isEqualTo("{\"type\":\"hb\"}");
        assertThat(EventText.signedOut(Optional.empty())).isEqualTo("{\"type\":\"signed-out\"}");
        assertThat(EventText.signedOut(Optional.of(ProblemCode.ACCOUNT_EXPIRED)))
                .isEqualTo("{\"type\":\"signed-out\",\"why\":\"account-expired\"}");
    }
}

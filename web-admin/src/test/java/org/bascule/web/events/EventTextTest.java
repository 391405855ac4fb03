package org.bascule.web.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.bascule.domain.live.LiveEvent;
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
        assertThat(EventText.of(new LiveEvent.DeviceRemoved("dom", "uid")))
                .isEqualTo("{\"type\":\"device-removed\",\"uid\":\"uid\"}");
        assertThat(EventText.of(new LiveEvent.SessionChanged("dom", "sid", "uid", "user", "started")))
                .isEqualTo("{\"type\":\"session\",\"sid\":\"sid\",\"device\":\"uid\",\"state\":\"started\"}");
        assertThat(EventText.of(new LiveEvent.RightsChanged("dom", 7))).isEqualTo("{\"type\":\"rights\"}");
        assertThat(EventText.of(new LiveEvent.ResourceMoved("dom", "uid", 7)))
                .isEqualTo("{\"type\":\"moved\",\"id\":\"uid\"}");
        assertThat(EventText.of(new LiveEvent.AccessRequested("dom", "id", "open", "uid", "user")))
                .isEqualTo("{\"type\":\"access-request\",\"id\":\"id\",\"state\":\"open\"}");
        assertThat(EventText.of(new LiveEvent.AuditAdded("dom"))).isEqualTo("{\"type\":\"audit\"}");
        assertThat(EventText.HEARTBEAT).isEqualTo("{\"type\":\"hb\"}");
        assertThat(EventText.SIGNED_OUT).isEqualTo("{\"type\":\"signed-out\"}");
    }
}

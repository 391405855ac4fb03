package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.JsonObject;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A relay makes itself known to the running system, and the operator decides (REL-1). */
@ExtendWith(RunningSystem.class)
class RelayRegistryIT {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String RELAYS = "/api/installation/relays";

    private final TheSystem system = TheSystem.get();
    private final Api operator = system.api("automation");
    private final Api viewer = system.api("viewer");
    private final String id = "it-" + UUID.randomUUID().toString().substring(0, 8);
    private final TestRelayHost relay = new TestRelayHost(system.url(), id);

    /** No other test must be sent to a relay that is not there. */
    @AfterEach
    void remove() {
        operator.send("DELETE", RELAYS + "/" + id, HttpRequest.BodyPublishers.noBody());
    }

    private Optional<JsonObject> listed(Api by) {
        return by.getJson("/api/relays").getJsonArray("relays").getValuesAs(JsonObject.class).stream()
                .filter(one -> one.getString("id").equals(id))
                .findFirst();
    }

    private JsonObject seen() {
        return operator.items(RELAYS).stream()
                .filter(one -> one.getString("id").equals(id))
                .findFirst()
                .orElseThrow();
    }

    private String policy() {
        return new Api(system.url(), Optional.empty())
                .get("/login")
                .headers()
                .firstValue("Content-Security-Policy")
                .orElseThrow();
    }

    private void drain(boolean drain) {
        Api.expect(204, operator.put(RELAYS + "/" + id + "/drain", "{\"drain\":" + drain + "}"));
    }

    @Test
    void aRelayIsUsedFromItsApprovalUntilItIsRefused() {
        assertThat(relay.beat().getString("state")).isEqualTo("pending");
        assertThat(seen().getString("words")).isEqualTo(relay.words());
        assertThat(listed(viewer)).isEmpty();
        assertThat(viewer.get(RELAYS).statusCode()).isEqualTo(404);
        assertThat(viewer.post(RELAYS + "/" + id + "/approve", WalkThings.body("words", relay.words()))
                        .statusCode())
                .isEqualTo(404);
        assertThat(policy()).doesNotContain("relay.invalid");

        Api.expect(204, operator.post(RELAYS + "/" + id + "/approve", WalkThings.body("words", relay.words())));
        Eventually.within(LIMIT, "it is listed", () -> listed(viewer).isPresent());
        assertThat(listed(viewer).orElseThrow().getString("url")).isEqualTo(TestRelayHost.URL);
        Eventually.within(LIMIT, "pages may reach it", () -> policy().contains(" wss://relay.invalid:8443"));

        drain(true);
        assertThat(relay.beat().getBoolean("drain")).isTrue();
        Eventually.within(LIMIT, "it is to be empty", () -> listed(viewer).isEmpty());
        drain(false);
        assertThat(relay.beat().getBoolean("drain")).isFalse();
        Eventually.within(LIMIT, "it is taken back", () -> listed(viewer).isPresent());

        Api.expect(204, operator.post(RELAYS + "/" + id + "/refuse", ""));
        assertThat(relay.beat().getString("state")).isEqualTo("refused");
        Eventually.within(LIMIT, "it is gone", () -> listed(viewer).isEmpty() && !policy().contains("relay.invalid"));
    }

    @Test
    void theIdBelongsToItsFirstKeyUntilTheOperatorRemovesIt() {
        relay.beat();
        TestRelayHost other = new TestRelayHost(system.url(), id);
        assertThat(seen().getString("words")).isEqualTo(relay.words());
        assertThatThrownBy(other::beat).isInstanceOf(AssertionError.class).hasMessageContaining("409");
        Api.expect(204, operator.send("DELETE", RELAYS + "/" + id, HttpRequest.BodyPublishers.noBody()));
        other.beat();
        assertThat(seen().getString("words")).isEqualTo(other.words());
    }
}

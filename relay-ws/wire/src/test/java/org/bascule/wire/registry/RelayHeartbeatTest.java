package org.bascule.wire.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.Instant;
import java.util.Locale;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.WireException;
import org.bascule.wire.jws.Jws;
import org.bascule.wire.keys.RelayIdentityKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelayHeartbeatTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final byte[] ROOT = new byte[32];
    private static final RelayIdentityKey KEY = RelayIdentityKey.generate();
    private static final RelayDescription RELAY = new RelayDescription(
            "relay-1", "Köln 1", "eu-west", "wss://relay.example/relay", "wss://relay.example:8443/relay", "1.2");

    private static RelayHeartbeat heartbeat() {
        return new RelayHeartbeat(ROOT, NOW, 7, KEY.publicKey(), RELAY, new RelayLoad(10_000, 12, 3_400, 56, true));
    }

    @Test
    void survivesSigning() throws WireException {
        RelayHeartbeat read = RelayHeartbeat.verify(heartbeat().sign(KEY), ROOT, NOW.plusSeconds(15));
        assertThat(read).usingRecursiveComparison().isEqualTo(heartbeat());
    }

    @Test
    void isOfNowAndThisInstallation() {
        String text = heartbeat().sign(KEY);
        assertThatThrownBy(() -> RelayHeartbeat.verify(text, ROOT, NOW.plusSeconds(16)))
                .isInstanceOf(WireException.class)
                .extracting("reason")
                .isEqualTo(WireException.Reason.EXPIRED);
        assertThatThrownBy(() -> RelayHeartbeat.verify(text, ROOT, NOW.minusSeconds(16)))
                .extracting("reason")
                .isEqualTo(WireException.Reason.EXPIRED);
        byte[] other = ROOT.clone();
        other[31] = 1;
        assertThatThrownBy(() -> RelayHeartbeat.verify(text, other, NOW))
                .extracting("reason")
                .isEqualTo(WireException.Reason.FOREIGN);
    }

    @Test
    void isSignedByTheKeyThatItCarries() {
        RelayIdentityKey other = RelayIdentityKey.generate();
        assertThatThrownBy(() -> heartbeat().sign(other)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RelayHeartbeat.verify(Jws.sign(RelayHeartbeat.TYP, claims(), other), ROOT, NOW))
                .isInstanceOf(WireException.class);
        String text = heartbeat().sign(KEY);
        String cut = text.substring(0, text.length() - 4) + "AAAA";
        assertThatThrownBy(() -> RelayHeartbeat.verify(cut, ROOT, NOW)).isInstanceOf(WireException.class);
    }

    /** The claims of a good one. */
    private static JsonObject claims() {
        return Json.createObjectBuilder()
                .add("aud", B64.encode(ROOT))
                .add("iat", NOW.getEpochSecond())
                .add("n", 7)
                .add("x", B64.encode(KEY.publicKey().raw()))
                .add("id", "relay-1")
                .add("name", "n")
                .add("region", "")
                .add("url", "wss://relay.example/relay")
                .add("nativeUrl", "wss://relay.example/relay")
                .add("version", "")
                .add("capacity", 1)
                .add("sessions", 0)
                .add("bytesPerSecond", 0)
                .add("draining", false)
                .build();
    }

    @Test
    void whatTheTestsBelowChangeIsGood() throws WireException {
        assertThat(RelayHeartbeat.verify(Jws.sign(RelayHeartbeat.TYP, claims(), KEY), ROOT, NOW)
                        .relay()
                        .id())
                .isEqualTo("relay-1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "id|relay 1",
                "id|-relay",
                "id|../relay",
                "url|https://relay.example/relay",
                "url|wss://user@relay.example/relay",
                "url|wss://relay.example/relay?x",
                "url|wss://relay.example/#x",
                "url|wss://relay.example/relay/",
                "url|wss://relay.example:99999/relay",
                "url|wss://relay.example/a;script-src",
                "url|wss://r\u00e9lay.example/relay",
                "nativeUrl|tcp://relay.example",
                "nativeUrl|wss:relay",
                "name|a\u0007b",
                "name|a\u202eb",
                "region|a\u200bb",
                "version|a\u0000b"
            })
    void refusesWhatItMustNotShowOrDial(String claim, String value) {
        refused(Json.createObjectBuilder(claims()).add(claim, value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "name", "region", "url", "nativeUrl", "version"})
    void refusesWhatIsTooLong(String claim) {
        String value = claim.toLowerCase(Locale.ROOT).endsWith("url") ? "wss://relay.example/" : "";
        refused(Json.createObjectBuilder(claims()).add(claim, value + "x".repeat(201 - value.length())));
    }

    @ParameterizedTest
    @CsvSource({
        "n,-1",
        "n,9007199254740993",
        "capacity,0",
        "sessions,-1",
        "bytesPerSecond,-1",
        "processor,-1",
        "processor,101",
        "iat,-1"
    })
    void refusesNumbersThatCannotBe(String claim, long value) {
        refused(Json.createObjectBuilder(claims()).add(claim, value));
    }

    private static void refused(JsonObjectBuilder claims) {
        assertThatThrownBy(() -> RelayHeartbeat.verify(Jws.sign(RelayHeartbeat.TYP, claims.build(), KEY), ROOT, NOW))
                .isInstanceOf(WireException.class);
    }

    @Test
    void keySurvivesItsFile() throws WireException {
        RelayIdentityKey again = RelayIdentityKey.restore(KEY.revealPkcs8(), KEY.spki());
        assertThat(again.publicKey()).isEqualTo(KEY.publicKey());
        assertThat(again.sign(new byte[] {5})).isEqualTo(KEY.sign(new byte[] {5}));
        assertThatThrownBy(() -> RelayIdentityKey.restore(
                        KEY.revealPkcs8(), RelayIdentityKey.generate().spki()))
                .isInstanceOf(WireException.class);
        assertThatThrownBy(() -> RelayIdentityKey.restore(new byte[48], KEY.spki()))
                .isInstanceOf(WireException.class);
    }

    @Test
    void answerSurvivesAsText() throws WireException {
        HeartbeatAnswer answer = new HeartbeatAnswer(HeartbeatAnswer.State.APPROVED, true);
        assertThat(HeartbeatAnswer.parse(answer.toJson())).isEqualTo(answer);
        assertThatThrownBy(() -> HeartbeatAnswer.parse("{\"state\":\"king\"}")).isInstanceOf(WireException.class);
    }
}

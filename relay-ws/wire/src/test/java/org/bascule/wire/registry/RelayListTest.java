package org.bascule.wire.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.bascule.wire.WireException;
import org.bascule.wire.control.ChannelMessage;
import org.bascule.wire.control.ControlMessage;
import org.bascule.wire.jws.Jws;
import org.bascule.wire.keys.ControlSigningKey;
import org.bascule.wire.relay.RelayLimits;
import org.bascule.wire.session.RelayAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelayListTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final ControlSigningKey KEY = ControlSigningKey.generate();

    private static RelayList list(List<RelayList.Entry> relays) {
        return new RelayList(
                NOW.toEpochMilli(), NOW, NOW.plus(RelayList.VALIDITY), relays, "p".repeat(RelayLimits.MAX_TOKEN));
    }

    private static RelayList.Entry relay(int number) {
        String id = "r%063d".formatted(number);
        String url = "wss://relay.example/";
        return new RelayList.Entry(new RelayAddress(id, url + "x".repeat(300 - url.length())), "ü".repeat(40));
    }

    @Test
    void theLongestListComesBackAsItWasSignedAndFitsIntoAMessage() throws WireException {
        RelayList list =
                list(IntStream.range(0, 64).mapToObj(RelayListTest::relay).toList());
        String text = list.sign(KEY);
        assertThat(text.length()).isLessThanOrEqualTo(RelayList.MAX_LENGTH);
        assertThat(RelayList.verify(text, KEY.publicKey(), NOW)).isEqualTo(list);
        assertThat(new ChannelMessage.Relays(text).toJson().length()).isLessThanOrEqualTo(ControlMessage.MAX_LENGTH);
    }

    @Test
    void onlyTheKeyOfTheChannelSignsIt() {
        String text = list(List.of(relay(1))).sign(KEY);
        assertRefused(text, ControlSigningKey.generate(), NOW, WireException.Reason.BAD_SIGNATURE);
        char[] changed = text.toCharArray();
        int at = text.length() - 10;
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        assertRefused(new String(changed), KEY, NOW, WireException.Reason.BAD_SIGNATURE);
    }

    @Test
    void itHoldsForHalfAnHour() {
        String text = list(List.of(relay(1))).sign(KEY);
        assertRefused(text, KEY, NOW.plus(RelayList.VALIDITY).plusSeconds(1), WireException.Reason.EXPIRED);
        assertRefused(text, KEY, NOW.minusSeconds(31), WireException.Reason.EXPIRED);
        assertThatThrownBy(() -> new RelayList(1, NOW, NOW.plus(Duration.ofMinutes(31)), List.of(), "p"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"n\":1,\"iat\":1767323045,\"exp\":1767323045,\"probe\":\"p\"}",
                "{\"n\":-1,\"iat\":1767323045,\"exp\":1767323045,\"probe\":\"p\",\"relays\":[]}",
                "{\"n\":1,\"iat\":1767323045,\"exp\":1767323045,\"probe\":\"\",\"relays\":[]}",
                "{\"n\":1,\"iat\":1767323045,\"exp\":1867323045,\"probe\":\"p\",\"relays\":[]}",
                "{\"n\":1,\"iat\":1767323045,\"exp\":1767323045,\"probe\":\"p\",\"relays\":["
                        + "{\"id\":\"r1\",\"url\":\"https://relay.example\",\"region\":\"\"}]}",
                "{\"n\":1,\"iat\":1767323045,\"exp\":1767323045,\"probe\":\"p\",\"relays\":["
                        + "{\"id\":\"r1\",\"url\":\"wss://relay.example\"}]}",
                "{\"n\":1,\"iat\":1767323045,\"exp\":1767323045,\"probe\":\"p\",\"relays\":["
                        + "{\"id\":\"r1\",\"url\":\"wss://a.example\",\"region\":\"\"},"
                        + "{\"id\":\"r1\",\"url\":\"wss://b.example\",\"region\":\"\"}]}",
            })
    void refusesWhatIsMalformed(String claims) {
        String text = Jws.sign(
                RelayList.TYP,
                jakarta.json.Json.createReader(new java.io.StringReader(claims)).readObject(),
                KEY);
        assertThatThrownBy(() -> RelayList.verify(text, KEY.publicKey(), NOW))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.reason()).isEqualTo(WireException.Reason.MALFORMED));
    }

    private static void assertRefused(String text, ControlSigningKey key, Instant at, WireException.Reason reason) {
        assertThatThrownBy(() -> RelayList.verify(text, key.publicKey(), at))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }
}

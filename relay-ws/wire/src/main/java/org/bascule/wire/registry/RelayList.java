package org.bascule.wire.registry;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.jws.Jws;
import org.bascule.wire.keys.ControlPublicKey;
import org.bascule.wire.keys.ControlSigningKey;
import org.bascule.wire.relay.ProbeToken;
import org.bascule.wire.relay.RelayLimits;
import org.bascule.wire.session.RelayAddress;

/**
 * The relays that a device may measure, and leave to do so: a JWS of type {@value #TYP}, signed once for all devices ({@code docs/protocol/control.md},
 * "Relays").
 *
 * @param number grows with each list: milliseconds of its making. A device refuses one that is not above the last
 * @param relays at most {@value #MAX_RELAYS}, each id once
 * @param probe {@link ProbeToken}, signed text; the device cannot verify it and need not
 */
public record RelayList(long number, Instant issuedAt, Instant expires, List<Entry> relays, String probe) {

    public static final String TYP = "bascule-relays+jwt";
    public static final int MAX_RELAYS = 64;
    /** Characters of the signed text: full lists with the longest names fit. */
    public static final int MAX_LENGTH = 60 * 1_024;
    /** At most. */
    public static final Duration VALIDITY = Duration.ofMinutes(30);

    private static final Duration TOLERANCE = Duration.ofSeconds(30);
    private static final int MAX_REGION = 40;

    /**
     * One relay.
     *
     * @param region 0 to 40 characters
     */
    public record Entry(RelayAddress address, String region) {

        public Entry {
            if (region.length() > MAX_REGION) {
                throw new IllegalArgumentException("a region has at most " + MAX_REGION + " characters");
            }
        }

        private JsonObject toJson() {
            return Json.createObjectBuilder(address.toJson())
                    .add("region", region)
                    .build();
        }

        private static Entry read(StrictJson json) throws WireException {
            return new Entry(RelayAddress.parse(json), json.text("region", MAX_REGION));
        }
    }

    public RelayList {
        relays = List.copyOf(relays);
        if (expires.isBefore(issuedAt) || expires.isAfter(issuedAt.plus(VALIDITY))) {
            throw new IllegalArgumentException(
                    "a list of relays is valid for at most " + VALIDITY.toMinutes() + " min");
        }
        if (relays.size() > MAX_RELAYS) {
            throw new IllegalArgumentException("a list has at most " + MAX_RELAYS + " relays");
        }
        Set<String> ids = new HashSet<>();
        for (Entry relay : relays) {
            if (!ids.add(relay.address.id())) {
                throw new IllegalArgumentException("a relay is listed twice");
            }
        }
    }

    /** The signed text. */
    public String sign(ControlSigningKey key) {
        JsonArrayBuilder entries = Json.createArrayBuilder();
        relays.forEach(relay -> entries.add(relay.toJson()));
        return Jws.sign(
                TYP,
                Json.createObjectBuilder()
                        .add("n", number)
                        .add("iat", issuedAt.getEpochSecond())
                        .add("exp", expires.getEpochSecond())
                        .add("relays", entries)
                        .add("probe", probe)
                        .build(),
                key);
    }

    /**
     * Fails unless that key signed it and it is valid at that time (30 s of tolerance before {@code iat}).
     *
     * @param key the one by which the server proved itself on this channel
     */
    public static RelayList verify(String text, ControlPublicKey key, Instant at) throws WireException {
        Jws jws = Jws.parse(text, TYP, MAX_LENGTH);
        if (!jws.kid().equals(key.kid())) {
            throw new WireException(WireException.Reason.BAD_SIGNATURE, "another key signed the list of relays");
        }
        RelayList list = read(jws.verify(key));
        if (at.isAfter(list.expires) || at.plus(TOLERANCE).isBefore(list.issuedAt)) {
            throw new WireException(WireException.Reason.EXPIRED, "the list of relays is not valid now");
        }
        return list;
    }

    private static RelayList read(StrictJson claims) throws WireException {
        List<Entry> relays = new ArrayList<>();
        for (StrictJson relay : claims.children("relays", MAX_RELAYS)) {
            relays.add(Entry.read(relay));
        }
        try {
            return new RelayList(
                    claims.number("n", 0, 1L << 53),
                    Instant.ofEpochSecond(claims.number("iat", 0, 1L << 40)),
                    Instant.ofEpochSecond(claims.number("exp", 0, 1L << 40)),
                    relays,
                    claims.string("probe", RelayLimits.MAX_TOKEN));
        } catch (IllegalArgumentException e) {
            throw new WireException(WireException.Reason.MALFORMED, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public String toString() {
        return "RelayList[" + number + ", " + relays + ", REDACTED]";
    }
}

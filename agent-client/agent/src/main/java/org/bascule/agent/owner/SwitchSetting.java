package org.bascule.agent.owner;

import jakarta.json.JsonObjectBuilder;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * What {@code switch.json} holds.
 *
 * <pre>
 * {"mode":"always","on":false,"until":"2026-03-01T20:00:00Z","seconds":28800,"boot":"…","uptime":123,
 *  "by":"account root","at":"2026-03-01T12:00:00Z","reason":"…","recorded":true}
 * {"mode":"key-switch","on":true,"gpio":"/sys/class/gpio/gpio17/value","invert":true}
 * </pre>
 *
 * @param key for the mode {@code key-switch} alone
 * @param off present if it is switched off; a key switch can turn it off besides
 * @param by who changed it last
 * @param at when
 * @param recorded whether that is among the device's events: a command that finds no agent running leaves it to the next
 */
public record SwitchSetting(
        SwitchMode mode, Optional<KeySwitch> key, Optional<Off> off, String by, Instant at, boolean recorded) {

    public static final String FILE = "switch.json";

    /** Longest time to be off; without a time it is off for good. */
    public static final Duration LONGEST = Duration.ofDays(366);

    public static final int MAX_REASON = 200;
    private static final int MAX_BY = 200;
    private static final int MAX_CHARS = 65_536;
    private static final List<String> MEMBERS = List.of(
            "mode",
            "on",
            "until",
            "seconds",
            "boot",
            "uptime",
            "by",
            "at",
            "reason",
            "recorded",
            "command",
            "gpio",
            "invert");

    /** Without the file. */
    static final SwitchSetting DEFAULT =
            new SwitchSetting(SwitchMode.ALWAYS, Optional.empty(), Optional.empty(), "", Instant.EPOCH, true);

    /**
     * That it is switched off.
     *
     * @param reason may be empty
     * @param until when it comes on again by the wall clock
     * @param length the same as a time from then on; both or neither, but in a file that was written by hand
     * @param boot the machine's run in which that was said, and its uptime then
     */
    public record Off(String reason, Optional<Instant> until, Optional<Duration> length, String boot, long uptime) {

        /** From now on. */
        static Off from(Moment now, Optional<Duration> length, String reason) {
            return new Off(reason, length.map(now.wall()::plus), length, now.boot(), now.uptime());
        }

        /**
         * How long it stays off; empty if it has no end. Within one run of the machine its uptime counts, which nobody sets. After a restart the wall clock does, but never for
         * longer than was said: a clock that lost its time must not keep the owner's device off for years.
         */
        Optional<Duration> left(Moment now) {
            if (until.isEmpty()) {
                return Optional.empty();
            }
            if (length.isPresent() && now.isSameRunAs(boot, uptime)) {
                return Optional.of(length.get().minusSeconds(now.uptime() - uptime));
            }
            Duration byClock = Duration.between(now.wall(), until.get());
            return Optional.of(length.isPresent() && byClock.compareTo(length.get()) > 0 ? length.get() : byClock);
        }
    }

    /** The file as it is now; one that cannot be understood is an error, never a default. */
    public static SwitchSetting load(StateFolder folder) throws StateException {
        Optional<String> text = folder.readText(FILE);
        if (text.isEmpty()) {
            return DEFAULT;
        }
        try {
            return parse(text.get());
        } catch (WireException | DateTimeException | ArithmeticException e) {
            throw new StateException(
                    "The file " + folder.path().resolve(FILE) + " is wrong: " + e.getMessage()
                            + "; `bascule-agent switch --mode` writes it anew.",
                    e);
        }
    }

    public void save(StateFolder folder) throws StateException {
        folder.write(FILE, toJson());
    }

    static SwitchSetting parse(String text) throws WireException {
        StrictJson json = StrictJson.parse(text, MAX_CHARS);
        for (String member : json.object().keySet()) {
            if (!MEMBERS.contains(member)) {
                throw WireException.malformed("there is no setting '" + member + "'");
            }
        }
        if (!json.has("on")) {
            throw WireException.malformed("'on' is missing");
        }
        SwitchMode mode = SwitchMode.of(json.string("mode", 32));
        Optional<KeySwitch> key = KeySwitch.parse(json);
        if ((mode == SwitchMode.KEY_SWITCH) != key.isPresent()) {
            throw WireException.malformed("a command or an input goes with the mode 'key-switch', and with no other");
        }
        return new SwitchSetting(
                mode,
                key,
                json.optionalFlag("on") ? Optional.empty() : Optional.of(off(json)),
                json.optionalString("by", MAX_BY).orElse("the file"),
                json.optionalString("at", 40).map(Instant::parse).orElse(Instant.EPOCH),
                json.optionalFlag("recorded"));
    }

    private static Off off(StrictJson json) throws WireException {
        return new Off(
                json.has("reason") ? json.text("reason", MAX_REASON) : "",
                json.optionalString("until", 40).map(Instant::parse),
                json.optionalNumber("seconds", 1, LONGEST.toSeconds()).map(Duration::ofSeconds),
                json.optionalString("boot", 64).orElse(""),
                json.optionalNumber("uptime", 0, Long.MAX_VALUE / 2).orElse(0L));
    }

    String toJson() {
        JsonObjectBuilder json =
                Json.createObjectBuilder().add("mode", mode.text()).add("on", off.isEmpty());
        key.ifPresent(value -> value.addTo(json));
        off.ifPresent(value -> {
            value.until().ifPresent(until -> json.add("until", until.toString()));
            value.length().ifPresent(length -> json.add("seconds", length.toSeconds()));
            if (!value.boot().isEmpty()) {
                json.add("boot", value.boot()).add("uptime", value.uptime());
            }
            json.add("reason", value.reason());
        });
        if (!by.isEmpty()) {
            json.add("by", by);
        }
        return json.add("at", at.toString()).add("recorded", recorded).build().toString();
    }

    /** What it is after the time that has gone by: on again when the time is over, or when the machine has started anew in mode {@code always}. */
    SwitchSetting at(Moment now) {
        if (off.isEmpty()) {
            return this;
        }
        Optional<Duration> left = off.get().left(now);
        if (left.isPresent()) {
            return left.get().compareTo(Duration.ZERO) > 0 ? this : switchedOn("time", now);
        }
        boolean startedAnew = mode == SwitchMode.ALWAYS
                && !off.get().boot().isEmpty()
                && !now.boot().isEmpty()
                && !off.get().boot().equals(now.boot());
        return startedAnew ? switchedOn("start of the machine", now) : this;
    }

    SwitchSetting switchedOn(String who, Moment now) {
        return new SwitchSetting(mode, key, Optional.empty(), cut(who), now.wall(), false);
    }

    SwitchSetting switchedOff(Optional<Duration> length, String reason, String who, Moment now) {
        return new SwitchSetting(mode, key, Optional.of(Off.from(now, length, reason)), cut(who), now.wall(), false);
    }

    SwitchSetting in(SwitchMode newMode, Optional<KeySwitch> newKey, String who, Moment now) {
        return new SwitchSetting(newMode, newKey, off, cut(who), now.wall(), false);
    }

    SwitchSetting asRecorded() {
        return new SwitchSetting(mode, key, off, by, at, true);
    }

    private static String cut(String who) {
        return who.length() > MAX_BY ? who.substring(0, MAX_BY) : who;
    }
}

package org.bascule.domain.mail;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;

/**
 * What one mail tells an address of a domain. It is bounded: a thing has one line for each topic however often it is told of, and a topic has at most {@value #MAX_LINES}
 * lines, so that neither a device nor a person can fill a mailbox, or hide one topic behind another.
 *
 * @param lines in the order in which things were first told of
 * @param more how often something was told of that has no line
 */
public record Digest(List<Line> lines, long more) {

    /** For each topic. */
    public static final int MAX_LINES = 20;

    public static final Digest EMPTY = new Digest(List.of(), 0);

    /**
     * One thing.
     *
     * @param resourceId a device, or what access is asked to
     * @param name its name, without anything that acts where it is shown
     * @param times how often
     * @param latest when last
     */
    public record Line(Topic topic, String resourceId, String name, long times, Instant latest) {

        private Key key() {
            return new Key(topic, resourceId);
        }

        private Line repeated(Line later) {
            return new Line(
                    topic,
                    resourceId,
                    later.name(),
                    times + later.times(),
                    latest.isAfter(later.latest()) ? latest : later.latest());
        }
    }

    private record Key(Topic topic, String resourceId) {}

    public Digest {
        lines = List.copyOf(lines);
    }

    /** Of these, which may repeat themselves, in the order in which they were told. */
    public static Digest of(List<Line> lines) {
        return EMPTY.plus(new Digest(lines, 0));
    }

    public boolean isEmpty() {
        return lines.isEmpty() && more == 0;
    }

    /** This, and what was told later. */
    public Digest plus(Digest later) {
        return merged(later, Line::repeated, more + later.more());
    }

    /** What is in this or in another one, which tell of the same. */
    Digest or(Digest other) {
        return merged(other, (a, b) -> a.times() < b.times() ? b : a, Math.max(more, other.more()));
    }

    private Digest merged(Digest other, BinaryOperator<Line> both, long moreOfBoth) {
        Map<Key, Line> all = new LinkedHashMap<>();
        Map<Topic, Integer> used = new EnumMap<>(Topic.class);
        long left = moreOfBoth;
        for (Line line : lines) {
            all.put(line.key(), line);
            used.merge(line.topic(), 1, Integer::sum);
        }
        for (Line line : other.lines()) {
            Line known = all.get(line.key());
            if (known != null) {
                all.put(line.key(), both.apply(known, line));
            } else if (used.merge(line.topic(), 1, Integer::sum) <= MAX_LINES) {
                all.put(line.key(), line);
            } else {
                left += line.times();
            }
        }
        return new Digest(List.copyOf(all.values()), left);
    }

    /** What is in this and was not told yet. */
    Digest minus(Digest told) {
        Map<Key, Line> known = new LinkedHashMap<>();
        told.lines().forEach(line -> known.put(line.key(), line));
        List<Line> left = lines.stream()
                .map(line -> less(line, known.get(line.key())))
                .filter(line -> line.times() > 0)
                .toList();
        return new Digest(left, Math.max(0, more - told.more()));
    }

    private static Line less(Line line, @Nullable Line told) {
        return told == null
                ? line
                : new Line(line.topic(), line.resourceId(), line.name(), line.times() - told.times(), line.latest());
    }

    String toJson() {
        JsonArrayBuilder array = Json.createArrayBuilder();
        for (Line line : lines) {
            array.add(Json.createObjectBuilder()
                    .add("topic", line.topic().code())
                    .add("id", line.resourceId())
                    .add("name", line.name())
                    .add("times", line.times())
                    .add("latest", line.latest().toString()));
        }
        return Json.createObjectBuilder()
                .add("lines", array)
                .add("more", more)
                .build()
                .toString();
    }

    static Digest ofJson(String text) {
        JsonObject json = Json.createReader(new StringReader(text)).readObject();
        return new Digest(
                json.getJsonArray("lines").getValuesAs(JsonObject.class).stream()
                        .map(line -> new Line(
                                Topic.ofCode(line.getString("topic")),
                                line.getString("id"),
                                line.getString("name"),
                                line.getJsonNumber("times").longValueExact(),
                                Instant.parse(line.getString("latest"))))
                        .toList(),
                json.getJsonNumber("more").longValueExact());
    }
}

package org.bascule.domain.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.bascule.domain.mail.Digest.Line;
import org.junit.jupiter.api.Test;

class DigestTest {

    private static final Instant EARLY = Instant.parse("2026-03-01T10:15:00Z");
    private static final Instant LATE = EARLY.plusSeconds(60);

    private static Line line(Topic topic, String id, long times, Instant latest) {
        return new Line(topic, id, "name of " + id, times, latest);
    }

    private static Digest of(Line... lines) {
        return Digest.of(List.of(lines));
    }

    @Test
    void oneThingHasOneLineForEachTopic() {
        Digest digest = of(
                line(Topic.ASSISTANCE, "a", 1, LATE),
                line(Topic.CLONE, "a", 1, EARLY),
                line(Topic.ASSISTANCE, "a", 1, EARLY));
        assertThat(digest.lines())
                .containsExactly(line(Topic.ASSISTANCE, "a", 2, LATE), line(Topic.CLONE, "a", 1, EARLY));
        assertThat(digest.plus(of(line(Topic.CLONE, "a", 3, LATE))).lines().get(1))
                .isEqualTo(line(Topic.CLONE, "a", 4, LATE));
    }

    @Test
    void noTopicTakesTheRoomOfAnother() {
        Digest flood = Digest.of(IntStream.range(0, 1_000)
                .mapToObj(i -> line(Topic.ACCESS, "r" + i, 1, EARLY))
                .toList());
        assertThat(flood.lines()).hasSize(Digest.MAX_LINES);
        assertThat(flood.more()).isEqualTo(1_000 - Digest.MAX_LINES);
        Digest both = flood.plus(flood).plus(of(line(Topic.HARDWARE_CHANGED, "d", 1, LATE)));
        assertThat(both.lines()).hasSize(Digest.MAX_LINES + 1).contains(line(Topic.HARDWARE_CHANGED, "d", 1, LATE));
        assertThat(both.lines().get(0).times()).isEqualTo(2);
        assertThat(both.more()).isEqualTo(2 * flood.more());
    }

    @Test
    void whatWasToldIsTakenAway() {
        Digest told = new Digest(List.of(line(Topic.ACCESS, "a", 2, EARLY), line(Topic.CLONE, "b", 1, EARLY)), 5);
        Digest now =
                told.plus(new Digest(List.of(line(Topic.ACCESS, "a", 1, LATE), line(Topic.CLAIMED, "c", 1, LATE)), 2));
        assertThat(now.minus(told))
                .isEqualTo(new Digest(List.of(line(Topic.ACCESS, "a", 1, LATE), line(Topic.CLAIMED, "c", 1, LATE)), 2));
        assertThat(told.minus(told).isEmpty()).isTrue();
    }

    @Test
    void twoThatTellOfTheSameAreNotAdded() {
        Digest one = new Digest(List.of(line(Topic.ACCESS, "a", 2, LATE)), 5);
        Digest other = new Digest(List.of(line(Topic.ACCESS, "a", 1, EARLY), line(Topic.CLONE, "b", 1, EARLY)), 3);
        assertThat(one.or(other))
                .isEqualTo(new Digest(List.of(line(Topic.ACCESS, "a", 2, LATE), line(Topic.CLONE, "b", 1, EARLY)), 5));
    }

    @Test
    void isStoredAsItIs() {
        Digest digest = new Digest(List.of(new Line(Topic.CLAIMED, "a", "\"}, ä \uD83D\uDD27", 1L << 40, LATE)), 7);
        assertThat(Digest.ofJson(digest.toJson())).isEqualTo(digest);
    }

    @Test
    void everyTopicHasItsWordsAndItsPage() {
        for (Topic topic : Topic.values()) {
            NoticeTexts.Text text = NoticeTexts.of(
                    new Digest(List.of(line(topic, "uid", 3, LATE)), 12), "plant", "https://bascule.example");
            assertThat(text.subject()).isEqualTo("Bascule: somebody is needed / Bascule: jemand wird gebraucht");
            assertThat(text.body())
                    .contains(
                            "In the domain \"plant\" of the remote access platform at https://bascule.example:",
                            "In der Domäne \"plant\"",
                            "* 2026-03-01 10:16 UTC: ",
                            "\"name of uid\"",
                            " (3 times, this was the last)\n  https://bascule.example" + topic.page("uid") + "\n",
                            " (3-mal, das war das letzte Mal)\n",
                            "* and 12 more\n",
                            "* und 12 weitere\n")
                    .doesNotContain("{", "  (");
            assertThat(Topic.ofCode(topic.code())).isEqualTo(topic);
        }
    }
}

package org.bascule.agent.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventSpoolTest {

    private final Path temporary;

    EventSpoolTest(@TempDir Path temporary) {
        this.temporary = temporary;
    }

    private EventSpool open() throws Exception {
        return open(1 << 20);
    }

    private EventSpool open(long bound) throws Exception {
        return EventSpool.open(StateFolder.create(temporary.resolve("events")), bound, count -> "lost " + count);
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(temporary.resolve("events"))) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void eventsComeBackInOrderUntilAcknowledged() throws Exception {
        EventSpool spool = open();
        assertThat(spool.append("a")).isZero();
        assertThat(spool.append("b")).isOne();
        assertThat(spool.pending(10, 1000)).isEqualTo(new EventSpool.Batch(0, List.of("a", "b")));
        spool.acknowledge(1);
        assertThat(spool.pending(10, 1000)).isEqualTo(new EventSpool.Batch(1, List.of("b")));
        spool.acknowledge(2);
        assertThat(spool.isEmpty()).isTrue();
        assertThat(spool.append("c")).isEqualTo(2);
    }

    @Test
    void everythingSurvivesAKill() throws Exception {
        EventSpool spool = open();
        spool.append("a");
        spool.append("b");
        spool.acknowledge(1);
        // no close: as after kill -9
        EventSpool again = open();
        assertThat(again.pending(10, 1000)).isEqualTo(new EventSpool.Batch(1, List.of("b")));
        assertThat(again.append("c")).isEqualTo(2);
    }

    @Test
    void numbersGoOnAfterEverythingWasAcknowledged() throws Exception {
        EventSpool spool = open();
        spool.append("a");
        spool.acknowledge(1);
        assertThat(segments()).isEmpty();
        assertThat(open().append("b")).isOne();
    }

    @Test
    void fileCutAnywhereLosesTheLastEventAlone() throws Exception {
        EventSpool spool = open();
        spool.append("first");
        int whole = (int) Files.size(segments().get(0));
        spool.append("second");
        spool.close();
        byte[] content = Files.readAllBytes(segments().get(0));
        for (int cut = whole; cut < content.length; cut++) {
            Files.write(segments().get(0), java.util.Arrays.copyOf(content, cut));
            try (EventSpool torn = open()) {
                assertThat(torn.pending(10, 1000).events()).as("cut at %d", cut).containsExactly("first");
                assertThat(torn.append("next")).isEqualTo(1);
                assertThat(torn.pending(10, 1000).events()).containsExactly("first", "next");
            }
            Files.delete(segments().get(1));
        }
    }

    @Test
    void damagedLineIsSkippedAndTheOthersStay() throws Exception {
        EventSpool spool = open();
        spool.append("first");
        spool.append("second");
        spool.append("third");
        spool.close();
        String text = Files.readString(segments().get(0));
        Files.writeString(segments().get(0), text.replace("second", "sEcond"));
        EventSpool damaged = open();
        assertThat(damaged.pending(10, 1000)).isEqualTo(new EventSpool.Batch(0, List.of("first")));
        damaged.acknowledge(1);
        assertThat(damaged.pending(10, 1000)).isEqualTo(new EventSpool.Batch(2, List.of("third")));
    }

    @Test
    void oldestGoWhenTheBoundIsReachedAndTheLossIsCounted() throws Exception {
        EventSpool spool = open(16_000);
        String event = "x".repeat(180);
        for (int i = 0; i < 200; i++) {
            spool.append(event);
        }
        long size = 0;
        for (Path segment : segments()) {
            size += Files.size(segment);
        }
        assertThat(size).isLessThan(17_500);
        EventSpool.Batch left = spool.pending(1_000, 1_000_000);
        long lost = left.events().stream()
                .filter(line -> line.startsWith("lost "))
                .mapToLong(line -> Long.parseLong(line.substring(5)))
                .sum();
        assertThat(lost).isPositive();
        assertThat(left.first()).isGreaterThan(0);
        assertThat(left.events()).contains(event);
    }

    @Test
    void batchesAreBounded() throws Exception {
        EventSpool spool = open();
        IntStream.range(0, 20).forEach(i -> append(spool, "event " + i));
        assertThat(spool.pending(5, 10_000).events()).hasSize(5);
        assertThat(spool.pending(100, 30).events()).hasSizeBetween(1, 4);
        assertThat(spool.pending(100, 1).events()).hasSize(1);
    }

    private static void append(EventSpool spool, String event) {
        try {
            spool.append(event);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void acknowledgementAheadMovesTheNumbersAndLosesNothing() throws Exception {
        EventSpool spool = open();
        spool.append("known");
        spool.append("a");
        spool.append("b");
        assertThat(spool.acknowledge(1)).isTrue();
        assertThat(spool.acknowledge(1)).as("nothing new").isFalse();
        assertThat(spool.acknowledge(7)).isTrue();
        assertThat(spool.pending(10, 1000)).isEqualTo(new EventSpool.Batch(7, List.of("a", "b")));
        EventSpool again = open();
        assertThat(again.pending(10, 1000)).isEqualTo(new EventSpool.Batch(7, List.of("a", "b")));
        assertThat(again.append("c")).isEqualTo(9);
        assertThat(again.acknowledge(20)).isTrue();
        assertThat(again.pending(10, 1000)).isEqualTo(new EventSpool.Batch(20, List.of("a", "b", "c")));
        assertThat(again.acknowledge(23)).isTrue();
        assertThat(again.acknowledge(30)).isTrue();
        assertThat(again.isEmpty()).isTrue();
        assertThat(again.append("d")).isEqualTo(30);
        assertThat(segments()).hasSize(1);
    }

    /** An interrupt breaks off what is being written or synchronised: the line may be there, and may be not. */
    @Test
    void whatIsStoredAfterAFailureHasANumberOfItsOwn() throws Exception {
        EventSpool spool = open();
        Set<String> stored = new LinkedHashSet<>();
        AtomicInteger failed = new AtomicInteger();
        Thread writer = new Thread(() -> {
            for (int i = 0; stored.size() < 500; i++) {
                try {
                    spool.append("event " + i);
                    stored.add("event " + i);
                } catch (StateException e) {
                    failed.incrementAndGet();
                    Thread.interrupted();
                }
            }
        });
        writer.start();
        while (writer.isAlive()) {
            writer.interrupt();
            TimeUnit.MICROSECONDS.sleep(700);
        }
        assertThat(failed).as("what was broken off").hasPositiveValue();
        Set<String> told = new LinkedHashSet<>();
        for (EventSpool.Batch batch = spool.pending(100, 10_000);
                !batch.events().isEmpty();
                batch = spool.pending(100, 10_000)) {
            told.addAll(batch.events());
            spool.acknowledge(batch.first() + batch.events().size());
        }
        assertThat(told).containsAll(stored);
    }

    @Test
    void filesArePrivate() throws Exception {
        open().append("a");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(segments().get(0))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(temporary.resolve("events"))))
                .isEqualTo("rwx------");
    }

    @Test
    void rubbishInTheFolderDoesNotStopIt() throws Exception {
        open().append("a");
        Files.writeString(
                temporary.resolve("events").resolve("000000000000000009.log"),
                "rubbish\n",
                StandardOpenOption.CREATE_NEW);
        assertThat(open().pending(10, 1000).events()).containsExactly("a");
    }
}

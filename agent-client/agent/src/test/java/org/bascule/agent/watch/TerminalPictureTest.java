package org.bascule.agent.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bascule.session.service.TerminalSize;
import org.bascule.wire.SessionId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TerminalPictureTest {

    private static final String PICTURE = "0 {\"picture\":{\"cols\":80,\"rows\":24}}";

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final TerminalPicture picture = new TerminalPicture(new TerminalSize(80, 24));

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private void print(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        picture.output(bytes, bytes.length);
    }

    private Future<?> show(FakeStream watcher) {
        return threads.submit(() -> {
            picture.show(watcher, new Watcher(SessionId.random(), "Ada"));
            return "over";
        });
    }

    @Test
    void whoComesLaterSeesWhatIsThereAndThenWhatComes() throws Exception {
        print("before\r\n");
        FakeStream watcher = new FakeStream();
        Future<?> showing = show(watcher);
        FakeStream.await(() -> watcher.text().equals("before\r\n"));
        print("after");
        FakeStream.await(() -> watcher.text().equals("before\r\nafter"));
        assertThat(watcher.events()).containsExactly(PICTURE);
        picture.resized(new TerminalSize(100, 30));
        FakeStream.await(() -> watcher.events().size() == 2);
        assertThat(watcher.events().get(1)).isEqualTo("13 {\"resize\":{\"cols\":100,\"rows\":30}}");
        print("!");
        picture.over();
        showing.get(20, TimeUnit.SECONDS);
        assertThat(watcher.text()).endsWith("after!");
        assertThat(watcher.isClosed()).isTrue();
    }

    @Test
    void ofMuchOutputTheLastIsKeptAndBeginsWithALine() throws Exception {
        for (int i = 0; i < 20_000; i++) {
            print("line %05d\n".formatted(i));
        }
        FakeStream watcher = new FakeStream();
        show(watcher);
        FakeStream.await(() -> watcher.text().endsWith("line 19999\n"));
        assertThat(watcher.text()).startsWith("line ");
        assertThat(watcher.text().length()).isBetween(TerminalPicture.KEPT - 100, TerminalPicture.KEPT);
    }

    @Test
    void whatIsKeptGrowsWithTheOutputAndStaysInOrder() throws Exception {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 3_000; i++) {
            String line = i + "\n";
            all.append(line);
            print(line);
        }
        FakeStream watcher = new FakeStream();
        show(watcher);
        FakeStream.await(() -> watcher.text().contentEquals(all));
    }

    @Test
    void aSlowWatcherHoldsNobodyUpAndGoesOnWithAFreshPicture() throws Exception {
        FakeStream slow = new FakeStream();
        FakeStream quick = new FakeStream();
        show(slow);
        show(quick);
        print("first\n");
        FakeStream.await(() -> slow.text().equals("first\n") && quick.text().equals("first\n"));
        slow.hold(true);
        print("held\n");
        FakeStream.await(slow::waits);
        // would never return if it waited
        for (int i = 0; i < 30_000; i++) {
            print("line %05d\n".formatted(i));
        }
        FakeStream.await(() -> quick.text().endsWith("line 29999\n"));
        slow.hold(false);
        FakeStream.await(() -> slow.text().endsWith("line 29999\n"));
        assertThat(slow.events()).hasSize(2).last().asString().contains("picture");
        assertThat(slow.text().length()).isLessThan(TerminalPicture.KEPT + 100);
        String after = slow.text().substring("first\nheld\n".length());
        assertThat(after).startsWith("line ");
    }

    @Test
    void aWatcherThatGoesEndsHisThreadAlone() throws Exception {
        FakeStream watcher = new FakeStream();
        Future<?> showing = show(watcher);
        print("x");
        FakeStream.await(() -> watcher.text().equals("x"));
        watcher.end();
        showing.get(20, TimeUnit.SECONDS);
        print("y");
    }
}

package org.bascule.agent.desktop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.agent.service.Launcher;
import org.bascule.agent.watch.Watcher;
import org.bascule.session.service.DesktopRequest.Mode;
import org.bascule.wire.Json;
import org.bascule.wire.SessionId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Somebody who watches a desktop, beside the one who works there, on a real display (Xvfb). */
@Timeout(90)
class WatchedDesktopTest {

    private final DesktopStream works = new DesktopStream();
    private final DesktopStream watches = new DesktopStream();
    private final SessionId watcher = SessionId.random();
    private final List<String> ended = new CopyOnWriteArrayList<>();
    private DesktopFixture fixture;
    private WatchedDesktop desktop;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        fixture = new DesktopFixture(folder, 800, 600);
        fixture.startPainter();
        desktop = new WatchedDesktop(
                new DesktopService(fixture.executor, fixture.desk.hold(), fixture.rows),
                fixture.at(),
                "",
                new Launcher(AccountDirectory.ownUid(), Optional.empty()),
                fixture.log,
                (sid, by) -> ended.add((sid.equals(watcher) ? "the watcher by " : "another by ") + by));
    }

    @AfterEach
    void close() {
        works.leave();
        watches.leave();
        fixture.close();
    }

    private Future<?> watch() {
        return fixture.executor.submit(() -> {
            desktop.show(watches, new Watcher(watcher, "Bo"));
            return "over";
        });
    }

    @Test
    void pixelsAreSeenAndNothingThatHeSendsTouchesTheDevice() throws Exception {
        fixture.open(works, Mode.CONTROL);
        RfbClient worker = fixture.client(works, DesktopFixture.usual());
        fixture.paint("fill 123456 0 0 800 600");
        watch();
        RfbClient client = fixture.client(watches, DesktopFixture.usual());
        client.await("the picture", () -> client.pixel(400, 300) == 0x123456);
        worker.await("the picture", () -> worker.pixel(400, 300) == 0x123456);
        assertThat(works.events).as("who works there keeps control").isEmpty();

        JsonObject control = Json.createObjectBuilder().add("mode", "control").build();
        watches.say(control);
        watches.say(Json.createObjectBuilder().add("lock", true).build());
        client.pointer(1, 300, 200);
        client.pointer(0, 300, 200);
        client.key(true, 'x');
        client.key(false, 'x');
        TimeUnit.MILLISECONDS.sleep(1_000);
        assertThat(fixture.seen).isEmpty();
        assertThat(watches.events).isEmpty();

        fixture.paint("fill 00ff80 100 300 50 50");
        client.await("the change", () -> client.pixel(149, 349) == 0x00ff80);
    }

    @Test
    void itIsOverWhenTheDesktopIs() throws Exception {
        Future<?> watching = watch();
        RfbClient client = fixture.client(watches, DesktopFixture.usual());
        client.await("a picture", () -> client.updates > 0);
        desktop.over();
        watching.get(20, TimeUnit.SECONDS);
        assertThat(watches.closed).isTrue();
        assertThat(watches.failure).isNull();
    }

    @Test
    void whatIsOverIsNotShownAnyMore() throws Exception {
        desktop.over();
        watch().get(20, TimeUnit.SECONDS);
        assertThat(watches.closed).isTrue();
        assertThat(watches.bytes).isZero();
    }

    @Test
    void theWatchersBannerIsBelowTheOthers() throws Exception {
        fixture.open(works, Mode.VIEW);
        RfbClient worker = fixture.client(works, DesktopFixture.usual());
        fixture.paint("fill 123456 0 0 800 600");
        Future<?> watching = watch();
        RfbClient client = fixture.client(watches, DesktopFixture.usual());
        worker.await("both banners", () -> worker.pixel(400, 2) == BANNER && worker.pixel(400, 30 + 2) == BANNER);
        assertThat(worker.pixel(400, 2 * 30 + 2)).isEqualTo(0x123456);
        assertThat(client.updates).isNotNegative();
        desktop.over();
        watching.get(20, TimeUnit.SECONDS);
        worker.await("one banner", () -> worker.pixel(400, 30 + 2) == 0x123456);
        assertThat(worker.pixel(400, 2)).isEqualTo(BANNER);
        assertThat(ended).isEmpty();
    }

    private static final int BANNER = 0x0b3d66;
}

package org.bascule.agent.vnc;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.agent.desktop.DesktopStream;
import org.bascule.agent.desktop.RfbClient;
import org.bascule.agent.display.Display;
import org.bascule.session.service.DesktopRequest.Mode;
import org.bascule.session.service.TcpRequest;
import org.bascule.session.service.VncRequest;
import org.bascule.wire.Json;
import org.bascule.wire.SessionId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Somebody who watches the screen of a real VNC server (Xtigervnc), beside the one who works there. */
@Timeout(90)
class WatchedServerTest {

    private static final String PASSWORD = "s3cret-8";
    private static final int BANNER = 0x0b3d66;
    private static final int BANNER_OF_CONTROL = 0x8a1c1c;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private VncFixture fixture;
    private final DesktopStream works = new DesktopStream();
    private final DesktopStream watches = new DesktopStream();
    private final SessionId watcher = SessionId.random();

    @BeforeEach
    void open() throws Exception {
        fixture = new VncFixture(folder);
    }

    @AfterEach
    void close() {
        works.leave();
        watches.leave();
        fixture.close();
    }

    private static RfbClient client(DesktopStream from) throws Exception {
        RfbClient client = new RfbClient(from.received(), from::send);
        client.hello();
        client.start();
        client.encodings(RfbClient.TIGHT, RfbClient.COPY, RfbClient.CURSOR, RfbClient.FENCE, RfbClient.CONTINUOUS);
        client.request(false);
        client.continuous();
        return client;
    }

    /** Somebody controls it, and has typed the password. */
    private RfbClient work() throws Exception {
        fixture.permitAll();
        fixture.open(works, Mode.CONTROL, Optional.empty());
        VncFixture.next(works, "password");
        works.say(Json.createObjectBuilder().add("password", PASSWORD).build());
        VncFixture.next(works, "desktop");
        return client(works);
    }

    private void paint(RfbClient client, String order, BooleanSupplier seen) throws Exception {
        for (int tries = 0; tries < 20 && !seen.getAsBoolean(); tries++) {
            fixture.paint(order);
            client.request(true);
            for (int wait = 0; wait < 50 && !seen.getAsBoolean(); wait++) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
        client.await(order, seen);
    }

    @Test
    void pixelsAreSeenWithoutAPasswordAndNothingThatHeSendsTouchesTheServer() throws Exception {
        fixture.startServer(folder, PASSWORD);
        fixture.startPainter();
        RfbClient worker = work();
        Future<?> watching = fixture.watch(watches, watcher);
        JsonObject desktop = VncFixture.next(watches, "desktop");
        assertThat(desktop.getString("mode")).isEqualTo("view");
        assertThat(desktop.getJsonObject("vnc").getInt("port")).isEqualTo(fixture.port);
        assertThat(desktop.getJsonObject("clipboard").getBoolean("fromDevice")).isFalse();
        RfbClient client = client(watches);
        paint(client, "fill 123456 0 0 640 480", () -> client.pixel(500, 400) == 0x123456);
        worker.await("the same", () -> worker.pixel(500, 400) == 0x123456);

        watches.say(Json.createObjectBuilder().add("mode", "control").build());
        watches.say(Json.createObjectBuilder().add("password", "guess").build());
        client.pointer(1, 300, 200);
        client.pointer(0, 300, 200);
        client.key(true, 'x');
        client.key(false, 'x');
        TimeUnit.MILLISECONDS.sleep(1_000);
        assertThat(fixture.seen).isEmpty();
        assertThat(watches.events).isEmpty();
        worker.pointer(1, 310, 210);
        fixture.awaitSeen("pressed 1 310 210");
        assertThat(fixture.recorded()).doesNotContain(PASSWORD);

        Objects.requireNonNull(fixture.watched).over();
        watching.get(10, TimeUnit.SECONDS);
        assertThat(watches.closed).isTrue();
        assertThat(watches.failure).isNull();
        worker.pointer(0, 310, 210);
        fixture.awaitSeen("released 1 310 210");
        DesktopStream late = new DesktopStream();
        fixture.watch(late, watcher).get(10, TimeUnit.SECONDS);
        assertThat(late.closed).isTrue();
        assertThat(late.bytes).isZero();
    }

    @Test
    void eachHasABannerOfHisOwnAndThePersonAtTheDeviceEndsTheWatchersAlone() throws Exception {
        fixture.startServer(folder, PASSWORD);
        fixture.startPainter();
        fixture.where = () -> new Display(fixture.display, Optional.empty(), new AccountDirectory().own());
        RfbClient worker = work();
        Future<?> watching = fixture.watch(watches, watcher);
        VncFixture.next(watches, "desktop");
        paint(
                worker,
                "fill ffffff 0 0 640 480",
                () -> worker.pixel(320, 2) == BANNER_OF_CONTROL
                        && worker.pixel(320, 32) == BANNER
                        && worker.pixel(320, 62) == 0xffffff);
        int left = 0;
        while (worker.pixel(left, 32) != BANNER) {
            left++;
        }
        int button = VncFixture.WIDTH - left - 20;
        worker.pointer(0, button, 45);
        worker.pointer(1, button, 45);
        watching.get(20, TimeUnit.SECONDS);
        assertThat(fixture.ended).singleElement().asString().startsWith(watcher + " by ");
        worker.pointer(0, 310, 210);
        worker.pointer(1, 310, 210);
        fixture.awaitSeen("pressed 1 310 210");
    }

    @Test
    void whoWatchesIsNotAskedForAPassword() throws Exception {
        fixture.startServer(folder, PASSWORD);
        fixture.permitAll();
        fixture.watched = fixture.watched(
                new VncRequest(new TcpRequest(TcpRequest.DEVICE, fixture.port), Optional.of("by now another")));
        fixture.watch(watches, watcher).get(20, TimeUnit.SECONDS);
        assertThat(VncFixture.next(watches, "error").getString("code")).isEqualTo("password-wrong");
        assertThat(watches.bytes).isZero();
    }

    /** It throws out who works there once, and then not again for a while. */
    @Test
    void aServerThatLetsInOneAtATimeIsNotWatchedTwice() throws Exception {
        fixture.startServer(folder, PASSWORD, "-NeverShared");
        RfbClient worker = work();
        assertThat(worker.width).isEqualTo(VncFixture.WIDTH);
        fixture.watch(watches, watcher);
        assertThat(VncFixture.next(works, "error").getString("text")).contains("has ended the connection");

        DesktopStream again = new DesktopStream();
        fixture.open(again, Mode.VIEW, Optional.of(PASSWORD));
        VncFixture.next(again, "desktop");
        DesktopStream refused = new DesktopStream();
        fixture.watch(refused, watcher).get(10, TimeUnit.SECONDS);
        assertThat(VncFixture.next(refused, "error").getString("text")).contains("lets in one at a time");
        TimeUnit.MILLISECONDS.sleep(500);
        assertThat(again.failure).isNull();

        fixture.later = Duration.ofMinutes(11);
        DesktopStream afterwards = new DesktopStream();
        fixture.watch(afterwards, watcher);
        assertThat(VncFixture.next(afterwards, "desktop").getString("mode")).isEqualTo("view");
        afterwards.leave();
        again.leave();
    }
}

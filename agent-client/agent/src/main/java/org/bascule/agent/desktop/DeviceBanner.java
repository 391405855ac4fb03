package org.bascule.agent.desktop;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bascule.agent.account.AccountException;
import org.bascule.agent.desktop.link.Link;
import org.bascule.agent.display.Display;
import org.bascule.agent.service.Launcher;
import org.bascule.session.service.DesktopRequest.Mode;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** The banner at the top of a display, while what somebody sees does not come from that display itself: a process of its own, with the rights of the display's account. */
public final class DeviceBanner implements AutoCloseable {

    private static final int SHOWN_SECONDS = 20;

    private final Helper helper;
    private final CompletableFuture<Void> shown = new CompletableFuture<>();

    /** How it ended before it was closed. */
    public interface Listener {

        /** The person at the device has pressed the button. */
        void pressed();

        /** It cannot be shown any more; a sentence. */
        void failed(String text);
    }

    /**
     * Blocks until it is on the display, or the listener was told why it is not. It ends with the thread that calls.
     *
     * @param row how many other banners may be above it
     * @param user who views or controls: text from outside
     * @param place whose screen it is; empty for the device's own
     */
    public DeviceBanner(
            Launcher launcher,
            Display display,
            int row,
            String user,
            String place,
            Mode mode,
            Executor executor,
            Listener listener)
            throws AccountException, IOException, InterruptedException {
        helper = new Helper(launcher, Helper.programme(), display, "banner");
        helper.to.message(Json.createObjectBuilder()
                .add(
                        "start",
                        Json.createObjectBuilder()
                                .add("mode", mode.text())
                                .add("user", user)
                                .add("place", place)
                                .add("row", row))
                .build());
        executor.execute(() -> follow(listener));
        try {
            shown.get(SHOWN_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            listener.failed("The banner that tells people at the device of it was not shown in time.");
        }
    }

    private void follow(Listener listener) {
        try {
            read(listener);
        } finally {
            shown.complete(null); // there is nothing more to wait for
        }
    }

    private void read(Listener listener) {
        try {
            Optional<Link.Arrived> next = helper.from.next();
            while (next.isPresent()) {
                StrictJson message = next.get()
                        .message()
                        .orElseThrow(() -> WireException.malformed("something else than a message"));
                if (message.has("shown")) {
                    shown.complete(null);
                } else if (message.has("error")) {
                    listener.failed(message.child("error").text("text", 1_000));
                }
                next = helper.from.next();
            }
            if (helper.isEndedThere()) {
                listener.pressed();
            } else {
                listener.failed("The programme that shows the banner has ended.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | WireException e) {
            listener.failed("The banner cannot be shown: " + e.getMessage() + ".");
        }
    }

    /** It says something else now. */
    public void mode(Mode mode) throws IOException {
        JsonObject message = Json.createObjectBuilder().add("mode", mode.text()).build();
        helper.to.message(message);
    }

    @Override
    public void close() {
        try {
            helper.end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

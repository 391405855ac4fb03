package org.bascule.agent.desktop.helper;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bascule.agent.desktop.link.Link;
import org.bascule.agent.desktop.x11.Banner;
import org.bascule.agent.desktop.x11.DisplayException;
import org.bascule.agent.desktop.x11.LocalInput;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;

/** What the person at the device notices: the banner with its button, and that their mouse and keyboard are locked. A thread of its own. */
final class Presence implements Runnable {

    private static final int TICK_MILLIS = 100;
    private static final int SHOWN_SECONDS = 15;
    private static final long LOCK_AGAIN = TimeUnit.SECONDS.toNanos(2);
    private static final long PLACE_AGAIN = TimeUnit.SECONDS.toNanos(5);

    private final String display;
    private final String user;
    private final String place;
    private final int row;
    private final HelperState state;
    private final Link.Writer out;
    private volatile boolean wantsLock;
    private volatile boolean absent;
    private volatile boolean over;
    private final CompletableFuture<Void> shown = new CompletableFuture<>();

    // of the thread
    private @Nullable LocalInput locked;
    private long lockedAt;
    private boolean anyLocked;
    /** Mice and keyboards that are not locked with the others. */
    private int missing;

    private long placedAt = System.nanoTime();

    /** @param place whose screen it is; empty for this display's own */
    Presence(String display, String user, String place, int row, HelperState state, Link.Writer out) {
        this.display = display;
        this.user = user;
        this.place = place;
        this.row = row;
        this.state = state;
        this.out = out;
    }

    void lock(boolean now) {
        wantsLock = now;
    }

    /** Whether the client is out of reach: then nothing stays locked for it, and it has to ask for it again. */
    void absent(boolean now) {
        absent = now;
    }

    void end() {
        over = true;
    }

    /** Waits until the person at the device sees it: before that nobody is shown anything. */
    void awaitShown() throws DisplayException {
        try {
            shown.get(SHOWN_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof DisplayException problem ? problem : notShown();
        } catch (TimeoutException e) {
            throw notShown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw notShown();
        }
    }

    private static DisplayException notShown() {
        return new DisplayException("failed", "The banner that tells people at the device of it could not be shown.");
    }

    @Override
    public void run() {
        try (Banner banner = new Banner(display)) {
            boolean control = state.isControl();
            show(banner, control);
            banner.sync();
            shown.complete(null);
            while (!over) {
                if (banner.run(TICK_MILLIS) || isEscaped()) {
                    state.control(false);
                    System.exit(DesktopHelper.ENDED); // the link may be full; the shutdown hook lets go
                }
                boolean before = anyLocked;
                keepLocked();
                if (control != state.isControl() || before != anyLocked) {
                    control = state.isControl();
                    show(banner, control);
                }
                place(banner);
            }
        } catch (IOException e) {
            if (!over) {
                fail(String.valueOf(e.getMessage()));
            }
        } catch (RuntimeException | Error e) {
            fail("the banner cannot be shown: " + e);
        } finally {
            unlock();
        }
    }

    /** Nobody is looked at without being told. */
    private void fail(String text) {
        String sentence = "The desktop has ended: " + text.substring(0, Math.min(300, text.length())) + ".";
        if (shown.completeExceptionally(new DisplayException("failed", sentence))) {
            return; // told where that is waited for
        }
        try {
            out.message(Json.createObjectBuilder()
                    .add(
                            "error",
                            Json.createObjectBuilder().add("code", "failed").add("text", sentence))
                    .build());
        } catch (IOException e) {
            // the agent is gone
        }
    }

    private void show(Banner banner, boolean control) {
        BannerPicture picture = BannerPicture.of(user, place, control, anyLocked, Locale.getDefault());
        banner.show(picture.image(), picture.buttonX(), picture.buttonWidth(), row);
    }

    private boolean isEscaped() {
        LocalInput present = locked;
        return present != null && present.isEscaped();
    }

    private void keepLocked() {
        boolean freed = wantsLock && absent;
        if (freed || !state.isControl()) {
            wantsLock = false;
        }
        if (!wantsLock) {
            unlock();
            if (freed) {
                state.notice(
                        "unlocked",
                        "The connection was lost, so the mouse and keyboard at the device work again. Lock them again if you need to.");
            }
            return;
        }
        long time = System.nanoTime();
        LocalInput present = locked;
        if (present == null || time - lockedAt > LOCK_AGAIN) {
            lockedAt = time;
            try {
                if (present == null) {
                    present = new LocalInput(display);
                    locked = present;
                }
                LocalInput.Locked now = present.lock();
                if (now.held() == 0) {
                    throw new DisplayException(
                            "failed",
                            anyLocked
                                    ? "The mouse and keyboard at the device are not locked any more: another programme holds them, or they were unplugged."
                                    : "No mouse or keyboard at the device could be locked: another programme holds them, or there are none.");
                }
                if (!anyLocked) {
                    anyLocked = true;
                    state.localInput(false);
                }
                tellMissing(now.there() - now.held());
            } catch (DisplayException e) {
                wantsLock = false;
                unlock();
                state.notice(e.code(), String.valueOf(e.getMessage()));
            }
        }
    }

    private void tellMissing(int now) {
        if (now > missing) {
            state.notice(
                    "failed",
                    "Not all of the device's mice and keyboards are locked: another programme holds " + now
                            + " of them, and the person there can go on using it.");
        }
        missing = now;
    }

    private void unlock() {
        missing = 0;
        LocalInput present = locked;
        if (present != null) {
            present.close();
            locked = null;
        }
        if (anyLocked) {
            anyLocked = false;
            state.localInput(true);
        }
    }

    /** Monitors come and go. */
    private void place(Banner banner) {
        long now = System.nanoTime();
        if (now - placedAt > PLACE_AGAIN) {
            placedAt = now;
            banner.place();
        }
    }
}

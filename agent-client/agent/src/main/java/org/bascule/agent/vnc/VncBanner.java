package org.bascule.agent.vnc;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.bascule.agent.account.AccountException;
import org.bascule.agent.desktop.BannerRows;
import org.bascule.agent.desktop.DesktopProblem;
import org.bascule.agent.desktop.DesktopProblem.Code;
import org.bascule.agent.desktop.DeviceBanner;
import org.bascule.agent.display.Display;
import org.bascule.agent.state.StateException;
import org.bascule.session.service.DesktopRequest.Mode;
import org.bascule.session.service.TcpRequest;
import org.jspecify.annotations.Nullable;

/** The banner at the device while somebody sees a screen through it. Where nobody sits in front of a display, there is none. */
final class VncBanner implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(VncBanner.class.getName());

    private final @Nullable DeviceBanner banner;
    private final BannerRows.@Nullable Row row;

    private VncBanner(@Nullable DeviceBanner banner, BannerRows.@Nullable Row row) {
        this.banner = banner;
        this.row = row;
    }

    /**
     * On the display on return, where there is one.
     *
     * @param rows of this device's banners
     * @param own whether it is a screen of this machine
     * @param needed whether nobody sees that without a banner, but where nobody is in front of a display
     * @param over told once when the stream has to end: empty if the person at the device wants it, otherwise why
     */
    static VncBanner show(
            VncService.Use use,
            TcpRequest target,
            BannerRows rows,
            boolean own,
            boolean needed,
            Mode mode,
            Executor executor,
            Consumer<Optional<String>> over)
            throws IOException, StateException, DesktopProblem, InterruptedException {
        try {
            Display display = use.where().display();
            return show(
                    use,
                    display,
                    rows.take(display.name()),
                    own ? "" : target.toString(),
                    mode,
                    executor,
                    listener(needed, over));
        } catch (DesktopProblem e) {
            if (needed && e.code() != Code.NO_DISPLAY) {
                throw new DesktopProblem(
                        e.code(), "People at the device could not be told that somebody sees it. " + e.getMessage());
            }
            return none(e);
        } catch (AccountException e) {
            if (needed) {
                throw new DesktopProblem(
                        Code.DENIED, "People at the device could not be told that somebody sees it: " + e.getMessage());
            }
            return none(e);
        }
    }

    private static VncBanner show(
            VncService.Use use,
            Display display,
            BannerRows.Row row,
            String place,
            Mode mode,
            Executor executor,
            DeviceBanner.Listener listener)
            throws AccountException, IOException, InterruptedException {
        boolean shown = false;
        try {
            VncBanner banner = new VncBanner(
                    new DeviceBanner(
                            use.launcher(),
                            display,
                            row.number(),
                            use.caller().user(),
                            place,
                            mode,
                            executor,
                            listener),
                    row);
            shown = true;
            return banner;
        } finally {
            if (!shown) {
                row.close();
            }
        }
    }

    private static VncBanner none(Exception why) {
        LOG.log(System.Logger.Level.DEBUG, "no banner: {0}", why.getMessage());
        return new VncBanner(null, null);
    }

    /** Whose own screen is seen, is told: without a banner it ends. What is behind the device is not the person's in front of it. */
    private static DeviceBanner.Listener listener(boolean needed, Consumer<Optional<String>> over) {
        return new DeviceBanner.Listener() {
            @Override
            public void pressed() {
                over.accept(Optional.empty());
            }

            @Override
            public void failed(String text) {
                if (needed) {
                    over.accept(Optional.of(text));
                } else {
                    LOG.log(System.Logger.Level.DEBUG, "the banner has ended: {0}", text);
                }
            }
        };
    }

    void mode(Mode mode) {
        DeviceBanner present = banner;
        if (present != null) {
            try {
                present.mode(mode);
            } catch (IOException e) {
                // it has ended, which is told elsewhere
            }
        }
    }

    @Override
    public void close() {
        DeviceBanner present = banner;
        if (present != null) {
            present.close();
        }
        BannerRows.Row free = row;
        if (free != null) {
            free.close();
        }
    }
}

package org.bascule.agent.desktop.helper;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Optional;
import org.bascule.agent.desktop.link.Link;
import org.bascule.agent.desktop.rfb.RfbServer;
import org.bascule.agent.desktop.x11.DisplayException;
import org.bascule.agent.desktop.x11.XInput;
import org.bascule.agent.desktop.x11.XPictures;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * The process that shows a display to one client: it has the rights of the account whose display it is, and speaks {@link Link} on its standard input and output. It ends when its input does.
 *
 * <p>With the argument {@code banner} it shows the banner alone. With the argument {@code release} it lets go of everything that is pressed on the display, after one that could not do so itself.
 */
public final class DesktopHelper {

    /** Exit code: the person at the device has pressed the banner's button. It needs no room in the link. */
    public static final int ENDED = 3;

    private final Link.Reader in;
    private final Link.Writer out;
    private final String display;

    private DesktopHelper(InputStream in, OutputStream out, String display) {
        this.in = new Link.Reader(in);
        this.out = new Link.Writer(out);
        this.display = display;
    }

    public static void main(String[] arguments) {
        OutputStream stdout = System.out;
        System.setOut(new PrintStream(System.err, true));
        String display = Optional.ofNullable(System.getenv("DISPLAY")).orElse("");
        int code = 0;
        if (arguments.length == 1 && arguments[0].equals("release")) {
            code = release(display);
        } else if (arguments.length == 1 && arguments[0].equals("banner")) {
            new DesktopHelper(System.in, stdout, display).run(true);
        } else {
            new DesktopHelper(System.in, stdout, display).run(false);
        }
        System.exit(code);
    }

    private static int release(String display) {
        try (XInput input = new XInput(display)) {
            input.releaseAll();
            return 0;
        } catch (DisplayException | LinkageError e) {
            return 1;
        }
    }

    private void run(boolean banner) {
        try {
            Optional<Link.Arrived> first = in.next();
            if (first.isPresent()) {
                StrictJson start = first.get()
                        .message()
                        .orElseThrow(() -> new IOException("the first message is missing"))
                        .child("start");
                if (banner) {
                    banner(start);
                } else {
                    serve(start);
                }
            }
        } catch (DisplayException e) {
            tell(e.code(), String.valueOf(e.getMessage()));
        } catch (LinkageError e) {
            tell(
                    "unsupported",
                    "A library of X11 is missing on the device (" + e.getMessage()
                            + "): install the packages libx11-6, libxext6, libxtst6, libxdamage1, libxfixes3 and libxrandr2.");
        } catch (IOException | WireException e) {
            tell("failed", "The desktop has ended: " + e.getMessage() + ".");
        }
    }

    private void serve(StrictJson start) throws IOException, WireException {
        HelperState state = new HelperState(out, start);
        XPictures pictures = new XPictures(display, start.text("screen", 64), state::screens);
        pictures.grab(); // the agent hears of the screens, or of what is wrong, before the client hears anything
        state.write();
        Controls.start(state::follow, "state");
        try (Controls controls = new Controls(display, state, pictures, out)) {
            Runtime.getRuntime().addShutdownHook(new Thread(controls::leave, "release"));
            controls.begin(start.text("user", 256), (int) start.number("row", 0, 64));
            RfbServer server =
                    new RfbServer(new LinkInput(in, controls::message), out.stream(), pictures, controls, controls);
            controls.serve(server);
            server.serve(start.text("name", 256), this::failed);
        }
    }

    /** Until the agent has nothing more to say. */
    private void banner(StrictJson start) throws IOException, WireException {
        HelperState state = new HelperState(out, start);
        Presence presence = new Presence(
                display,
                start.text("user", 256),
                start.text("place", 300),
                (int) start.number("row", 0, 64),
                state,
                out);
        Thread thread = new Thread(presence, "presence");
        thread.setDaemon(true);
        thread.start();
        presence.awaitShown();
        out.message(Json.createObjectBuilder().add("shown", true).build());
        for (Optional<Link.Arrived> next = in.next(); next.isPresent(); next = in.next()) {
            Optional<StrictJson> message = next.get().message();
            if (message.isPresent() && message.get().has("mode")) {
                state.control(message.get().string("mode", 16).equals("control"));
            }
        }
    }

    /** Drawing cannot go on. */
    private void failed(Exception e) {
        if (e instanceof DisplayException reason) {
            tell(reason.code(), String.valueOf(reason.getMessage()));
        } else {
            tell("failed", "The desktop has ended: " + e.getMessage() + ".");
        }
    }

    private void tell(String code, String text) {
        JsonObject error = Json.createObjectBuilder()
                .add("error", Json.createObjectBuilder().add("code", code).add("text", text))
                .build();
        try {
            out.message(error);
        } catch (IOException e) {
            // the agent is gone, and with it whoever wanted to know
        }
    }
}

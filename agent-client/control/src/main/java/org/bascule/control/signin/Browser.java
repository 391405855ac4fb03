package org.bascule.control.signin;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The browser of the person at this machine, if there is one. */
public final class Browser {

    private Browser() {}

    /** Whether a browser can open here and come back here: a desktop, and nobody who is connected from elsewhere. */
    public static boolean isHere(Map<String, String> environment, String system) {
        boolean remote = environment.containsKey("SSH_CONNECTION") || environment.containsKey("SSH_TTY");
        boolean desktop = !command(system).get(0).equals("xdg-open")
                || environment.containsKey("DISPLAY")
                || environment.containsKey("WAYLAND_DISPLAY");
        return desktop && !remote;
    }

    /** Opens a page; false if nothing here does that. */
    public static boolean open(URI page) {
        List<String> command = new java.util.ArrayList<>(command(System.getProperty("os.name", "")));
        command.add(page.toString());
        try {
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static List<String> command(String system) {
        String name = system.toLowerCase(Locale.ROOT);
        if (name.startsWith("mac")) {
            return List.of("open");
        }
        return name.startsWith("windows") ? List.of("rundll32", "url.dll,FileProtocolHandler") : List.of("xdg-open");
    }
}

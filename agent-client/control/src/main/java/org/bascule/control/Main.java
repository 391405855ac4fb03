package org.bascule.control;

import java.util.Arrays;
import org.bascule.control.command.Bascule;

/** Entry point of {@code bascule.jar}. */
public final class Main {

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        if (!Arrays.asList(arguments).contains("--debug")) {
            System.setProperty("java.util.logging.config.class", QuietLogging.class.getName());
        }
        System.exit(Bascule.run(Surroundings.ofProcess(), arguments));
    }
}

package org.bascule.control;

import java.util.Arrays;
import java.util.Set;
import org.bascule.control.command.Bascule;
import org.bascule.crypto.NativeCrypto;

/** Entry point of {@code bascule.jar}. */
public final class Main {

    /** What they move is encrypted twice: for the device and, by TLS, for the relay. */
    private static final Set<String> MOVING_MUCH = Set.of("cp", "connect", "forward", "proxy");

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        if (!Arrays.asList(arguments).contains("--debug")) {
            System.setProperty("java.util.logging.config.class", QuietLogging.class.getName());
        }
        if (arguments.length > 0 && MOVING_MUCH.contains(arguments[0]) && NativeCrypto.isThere()) {
            NativeCrypto.installMeanwhile();
        }
        System.exit(Bascule.run(Surroundings.ofProcess(), arguments));
    }
}

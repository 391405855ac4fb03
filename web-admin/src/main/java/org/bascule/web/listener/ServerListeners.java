package org.bascule.web.listener;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.glassfish.embeddable.CommandResult;
import org.glassfish.embeddable.CommandRunner;
import org.glassfish.internal.api.Globals;

/**
 * The listeners that open with the application, by the server's own commands.
 *
 * <p>They are those whose {@code enabled} refers to a system property. It is not set when a JVM starts, so they are closed then, however the one before ended; {@code domain.xml} always says
 * the same. The server looks at it again only when the reference changes, which is why there are two of them: the second is never set.
 * A listener that the operator has switched on or off is left alone.
 */
final class ServerListeners {

    private static final String OPEN = "bascule.open";
    private static final String CLOSED = "bascule.closed";
    private static final String ALL = "configs.config.server-config.network-config.network-listeners.network-listener.";
    private static final Pattern WAITS =
            Pattern.compile("network-listener\\.([^.=\\s]+)\\.enabled=\\$\\{(?:" + OPEN + "|" + CLOSED + ")}");

    /** With {@code -Dbascule.open=true} the operator has them open from the start. */
    private final boolean always = Boolean.getBoolean(OPEN);

    /** @return their names; an exception if one could not be opened */
    List<String> open() {
        List<String> names = names();
        if (!always) {
            names.forEach(name -> refer(name, CLOSED));
            System.setProperty(OPEN, "true");
            names.forEach(name -> refer(name, OPEN));
        }
        return names;
    }

    void close() {
        if (!always) {
            System.clearProperty(OPEN);
            names().forEach(name -> refer(name, CLOSED));
        }
    }

    private static List<String> names() {
        return WAITS.matcher(run("get", ALL + "*"))
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }

    private static void refer(String listener, String property) {
        run("set", ALL + listener + ".enabled=${" + property + "}");
    }

    private static String run(String command, String operand) {
        CommandResult result = Globals.get(CommandRunner.class).run(command, operand);
        if (result.getExitStatus() != CommandResult.ExitStatus.SUCCESS) {
            throw new IllegalStateException(
                    command + " " + operand + ": " + result.getOutput(), result.getFailureCause());
        }
        return result.getOutput();
    }
}

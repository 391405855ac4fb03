package org.bascule.agent.command;

import jakarta.json.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.Version;
import org.bascule.agent.desk.WatchCommands;
import org.bascule.agent.local.LocalClient;
import org.bascule.agent.local.LocalException;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bascule-agent watch} (requirement DEV-6: the person at the device watches a session). */
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Shows the terminal of somebody who is connected, until it is closed (or Ctrl-C). Nothing that you type goes to it.",
            "Who works there is told. 'bascule-agent end SESSION' ends the session. A desktop is on this machine's own screen."
        })
public final class WatchCommand implements Callable<Integer> {

    private static final int MAX_TERMINALS = 4_096;
    /** Between two looks, in milliseconds. */
    private static final long LOOK = 500;
    /** Characters of an id that are enough to name a session. */
    private static final int ENOUGH = 4;

    private static final String ERASE_LINE = "\u001b[K";
    private static final String TO_THE_TOP = "\u001b[H";
    private static final String ERASE_BELOW = "\u001b[J";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "0..1",
            paramLabel = "SESSION",
            description = "Whose, if there are several: the name of the person, or the first characters of the id.")
    private @Nullable String session;

    @Option(names = "--terminal", paramLabel = "N", description = "Which one, if there are several in the session.")
    private @Nullable Integer number;

    @Mixin
    private FolderOption folder = new FolderOption();

    private record Shown(String sid, String name, int tool) {

        boolean isMeant(@Nullable String session, @Nullable Integer number) {
            return (number == null || number == tool)
                    && (session == null
                            || name.equalsIgnoreCase(session)
                            || (session.length() >= ENOUGH && sid.startsWith(session.toLowerCase(Locale.ROOT))));
        }

        @Override
        public String toString() {
            return "%s  terminal %d  %s".formatted(sid.substring(0, 8), tool, Printable.of(name));
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            LocalClient agent = new LocalClient(StateFolder.open(folder.path()));
            List<Shown> meant = meant(agent);
            if (meant.isEmpty()) {
                return fail("Nobody has such a terminal open.", ExitCode.FAILED);
            }
            if (meant.size() > 1) {
                meant.forEach(each -> print(each.toString()));
                return fail("There are several terminals: say which.", ExitCode.USAGE);
            }
            return follow(agent, meant.get(0));
        } catch (LocalException e) {
            return fail(e.sentence(), ExitCode.FAILED);
        } catch (StateException e) {
            return fail(String.valueOf(e.getMessage()), ExitCode.FAILED);
        } catch (WireException e) {
            return fail("The running agent's answer cannot be understood.", ExitCode.FAILED);
        }
    }

    private static StrictJson ask(LocalClient agent, String command, JsonObject arguments) throws LocalException {
        return agent.ask(command, arguments)
                .orElseThrow(() -> new LocalException(LocalException.NO_ANSWER, "No agent is running in this folder."));
    }

    private List<Shown> meant(LocalClient agent) throws LocalException, WireException {
        List<Shown> meant = new ArrayList<>();
        for (StrictJson each :
                ask(agent, WatchCommands.LIST, JsonObject.EMPTY_JSON_OBJECT).children("terminals", MAX_TERMINALS)) {
            Shown shown = new Shown(
                    each.string("sid", 32), each.text("name", 1_000), (int) each.number("tool", 1, Integer.MAX_VALUE));
            if (shown.isMeant(session, number)) {
                meant.add(shown);
            }
        }
        return meant;
    }

    private int follow(LocalClient agent, Shown shown) throws LocalException, WireException, InterruptedException {
        JsonObject arguments = Json.createObjectBuilder()
                .add("sid", shown.sid())
                .add("tool", shown.tool())
                .build();
        Optional<String> before = Optional.empty();
        try {
            while (true) {
                Optional<String> screen =
                        Optional.of(ask(agent, WatchCommands.READ, arguments).text("screen", WatchCommands.MAX_SCREEN));
                if (!screen.equals(before)) {
                    show(shown, screen.get());
                }
                before = screen;
                TimeUnit.MILLISECONDS.sleep(LOOK);
            }
        } catch (LocalException e) {
            if (!e.code().equals(WatchCommands.GONE)) {
                throw e;
            }
            print("The terminal is closed.");
            return ExitCode.OK;
        }
    }

    /** The whole screen anew: in place on a terminal, otherwise one after the other. */
    private void show(Shown shown, String screen) {
        boolean terminal = System.console() != null;
        String end = terminal ? ERASE_LINE + "\r\n" : "\n";
        StringBuilder text = new StringBuilder(terminal ? TO_THE_TOP : "")
                .append("-- ")
                .append(shown)
                .append(" --")
                .append(end);
        for (String line : screen.split("\n", -1)) {
            text.append(Printable.of(line)).append(end);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(text.append(terminal ? ERASE_BELOW : ""));
        out.flush();
    }

    private void print(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }

    private int fail(String sentence, int code) {
        spec.commandLine().getErr().println(sentence);
        return code;
    }
}

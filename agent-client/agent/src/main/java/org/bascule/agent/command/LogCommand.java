package org.bascule.agent.command;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.bascule.agent.Version;
import org.bascule.agent.events.RecentEvents;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.control.DeviceEvent;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bascule-agent log} (requirement DEV-9). */
@Command(
        name = "log",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Shows what happened on this machine lately, as the access server was or will be told; the newest"
                + " comes last.")
public final class LogCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "COUNT",
            description = "So many at most (default: ${DEFAULT-VALUE}; " + RecentEvents.MAX + " are kept).")
    private int lines = 50;

    @Option(names = "--json", description = "Prints JSON, one object a line.")
    private boolean json;

    @Mixin
    private FolderOption folder = new FolderOption();

    @Override
    public Integer call() {
        if (lines < 1) {
            throw new CommandLine.ParameterException(spec.commandLine(), "At least one line is shown.");
        }
        PrintWriter err = spec.commandLine().getErr();
        if (!Files.isDirectory(folder.path())) {
            err.println("This device is not enrolled.");
            return ExitCode.STATE;
        }
        try {
            List<DeviceEvent> newest =
                    RecentEvents.open(StateFolder.open(folder.path())).newestFirst();
            List<DeviceEvent> shown = new ArrayList<>(newest.subList(0, Math.min(lines, newest.size())));
            Collections.reverse(shown);
            PrintWriter out = spec.commandLine().getOut();
            shown.forEach(event -> out.println(json ? Printable.json(event.toJson()) : line(event)));
            out.flush();
            return ExitCode.OK;
        } catch (StateException e) {
            err.println(e.getMessage());
            return ExitCode.FAILED;
        }
    }

    private static String line(DeviceEvent event) {
        String session = event.sid().map(sid -> "  session " + sid.hex()).orElse("");
        String detail = event.detail().isEmpty() ? "" : "  " + Printable.of(event.detail());
        String count = event.count() == 1 ? "" : "  (" + event.count() + " times)";
        return event.time() + "  " + Printable.of(event.code()) + session + detail + count;
    }
}

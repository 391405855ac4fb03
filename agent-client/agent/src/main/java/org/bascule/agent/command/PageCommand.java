package org.bascule.agent.command;

import jakarta.json.JsonObject;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bascule.agent.Version;
import org.bascule.agent.local.LocalClient;
import org.bascule.agent.local.LocalException;
import org.bascule.agent.page.LocalPage;
import org.bascule.agent.page.PageConfig;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bascule-agent page}. */
@Command(
        name = "page",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Says where this machine's page for its owner is, and gives the code for its password.")
public final class PageCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Moves the page to this port of the loopback interface.")
    private @Nullable Integer port;

    @Option(names = "--disable", description = "Closes the page.")
    private boolean disable;

    @Option(names = "--enable", description = "Opens the page again.")
    private boolean enable;

    @Option(names = "--reset", description = "Forgets the password, so that a new one can be set with the code.")
    private boolean reset;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Mixin
    private FolderOption folder = new FolderOption();

    @Override
    public Integer call() {
        if (enable && disable || disable && reset) {
            throw new CommandLine.ParameterException(spec.commandLine(), "These options do not go together.");
        }
        if (port != null && (port < PageConfig.MIN_PORT || port > PageConfig.MAX_PORT)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "The port is from " + PageConfig.MIN_PORT + " to " + PageConfig.MAX_PORT + ".");
        }
        PrintWriter err = spec.commandLine().getErr();
        try {
            if (!Files.isDirectory(folder.path())) {
                err.println("This device is not enrolled.");
                return ExitCode.STATE;
            }
            StateFolder opened = StateFolder.open(folder.path());
            if (!new DeviceState(opened).isEnrolled()) {
                err.println("This device is not enrolled.");
                return ExitCode.STATE;
            }
            configure(opened);
            return ask(opened);
        } catch (StateException | WireException e) {
            err.println(e.getMessage());
            return ExitCode.FAILED;
        } catch (LocalException e) {
            return refused(e);
        }
    }

    private void configure(StateFolder opened) throws StateException {
        if (port != null || enable || disable) {
            PageConfig present = PageConfig.load(opened);
            new PageConfig(!disable && (enable || present.enabled()), port == null ? present.port() : port)
                    .save(opened);
        }
    }

    private int ask(StateFolder opened) throws LocalException, WireException {
        JsonObject arguments = Json.createObjectBuilder().add("reset", reset).build();
        Optional<StrictJson> answer = new LocalClient(opened).ask(LocalPage.COMMAND, arguments);
        if (answer.isEmpty()) {
            spec.commandLine().getErr().println("No agent is running; the page is there while one is.");
            return port != null || enable || disable ? ExitCode.OK : ExitCode.NOT_RUNNING;
        }
        PrintWriter out = spec.commandLine().getOut();
        String url = answer.get().string("url", 100);
        Optional<String> code = answer.get().optionalString("code", 20);
        if (json) {
            out.println(Printable.json(answer.get().object()));
        } else {
            out.println("The page of this machine: " + url);
            code.ifPresent(value -> out.println(
                    "Set its password there with the code " + value + " within 15 minutes; it works once."));
        }
        out.flush();
        return ExitCode.OK;
    }

    /** That it is closed is no failure for whoever closed it. */
    private int refused(LocalException e) {
        if (disable && e.code().equals(LocalPage.CLOSED)) {
            spec.commandLine().getOut().println("The page is closed.");
            spec.commandLine().getOut().flush();
            return ExitCode.OK;
        }
        spec.commandLine().getErr().println(e.sentence());
        return ExitCode.FAILED;
    }
}

package org.bascule.agent.command;

import jakarta.json.JsonWriter;
import jakarta.json.stream.JsonGenerator;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bascule.agent.Version;
import org.bascule.agent.config.OwnerConfig;
import org.bascule.agent.local.LocalClient;
import org.bascule.agent.local.LocalException;
import org.bascule.agent.page.LocalPage;
import org.bascule.agent.page.PageConfig;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.Json;
import org.bascule.wire.WireException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bascule-agent config} (requirement DEV-9). */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description =
                "Writes the owner's settings of this machine as one text, or takes such a text: policy, mode of the"
                        + " switch, local page and proxy, without passwords.",
        subcommands = {ConfigCommand.Export.class, ConfigCommand.Import.class})
public final class ConfigCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: export or import.");
    }

    /** Does something with the folder of a device that is enrolled. */
    private interface Action {
        void on(StateFolder folder) throws StateException, LocalException, WireException;
    }

    private static int run(CommandSpec spec, FolderOption folder, Action action) {
        PrintWriter err = spec.commandLine().getErr();
        try {
            if (!Files.isDirectory(folder.path()) || !new DeviceState(StateFolder.open(folder.path())).isEnrolled()) {
                err.println("This device is not enrolled.");
                return ExitCode.STATE;
            }
            action.on(StateFolder.open(folder.path()));
            return ExitCode.OK;
        } catch (StateException e) {
            err.println(e.getMessage());
        } catch (LocalException e) {
            err.println(e.sentence());
        } catch (WireException e) {
            err.println("Nothing was changed: " + Printable.of(String.valueOf(e.getMessage())) + ".");
        }
        return ExitCode.FAILED;
    }

    /** {@code bascule-agent config export}. */
    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            description = "Prints the settings, as JSON.")
    static final class Export implements Callable<Integer> {

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Mixin
        private FolderOption folder = new FolderOption();

        @Override
        public Integer call() {
            return run(spec, folder, opened -> {
                StringWriter text = new StringWriter();
                try (JsonWriter writer = Json.createWriterFactory(Map.of(JsonGenerator.PRETTY_PRINTING, true))
                        .createWriter(text)) {
                    writer.writeObject(OwnerConfig.of(opened).toJson());
                }
                PrintWriter out = spec.commandLine().getOut();
                out.println(text.toString().strip());
                out.flush();
            });
        }
    }

    /** {@code bascule-agent config import}. */
    @Command(
            name = "import",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            description = {
                "Takes settings that were exported. What they do not name stays as it is, and so do the passwords of"
                        + " this machine.",
                "If something in them is not known or not right, nothing is changed."
            })
    static final class Import implements Callable<Integer> {

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Parameters(paramLabel = "FILE", description = "The settings; - is the standard input.")
        private String file = "";

        @Option(names = "--check", description = "Only says whether they are right.")
        private boolean check;

        @Mixin
        private FolderOption folder = new FolderOption();

        @Override
        public Integer call() {
            return run(spec, folder, opened -> {
                OwnerConfig config = OwnerConfig.parse(read(file));
                config.check(opened);
                boolean restart = !check && apply(opened, config);
                PrintWriter out = spec.commandLine().getOut();
                out.println(check ? "The settings are right; nothing was changed." : "The settings are in force.");
                if (restart) {
                    out.println("The proxy counts when the agent is started again; its password is set with"
                            + " `bascule-agent proxy`.");
                }
                out.flush();
            });
        }

        private static String read(String file) throws StateException {
            try (InputStream in = file.equals("-") ? System.in : new FileInputStream(file)) {
                byte[] bytes = in.readNBytes(OwnerConfig.MAX_CHARS + 1);
                if (bytes.length > OwnerConfig.MAX_CHARS) {
                    throw new StateException("The file " + file + " is too long for settings.");
                }
                return new String(bytes, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new StateException("The file " + file + " cannot be read: " + StateFolder.reason(e) + ".", e);
            }
        }

        /** @return whether the agent has to be started again */
        private static boolean apply(StateFolder folder, OwnerConfig config)
                throws StateException, LocalException, WireException {
            Optional<PageConfig> moved = config.page();
            if (moved.equals(Optional.of(PageConfig.load(folder)))) {
                moved = Optional.empty();
            }
            boolean restart = config.write(folder);
            if (config.mode().isPresent()) {
                SwitchChange.changed(folder, config.mode().get());
            }
            if (moved.isPresent()) {
                openedOrClosed(folder, moved.get().enabled());
            }
            return restart;
        }

        /** That it is closed is no failure for whoever wants it closed. */
        private static void openedOrClosed(StateFolder folder, boolean open) throws LocalException {
            try {
                new LocalClient(folder).ask(LocalPage.COMMAND);
            } catch (LocalException e) {
                if (open || !e.code().equals(LocalPage.CLOSED)) {
                    throw e;
                }
            }
        }
    }
}

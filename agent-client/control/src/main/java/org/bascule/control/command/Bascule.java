package org.bascule.control.command;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The program {@code bascule}: reads the command line, runs one command, turns failures into a sentence and an exit code. */
@Command(
        name = "bascule",
        header = "Remote access to devices, end-to-end encrypted.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Bascule.Version.class,
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nEnvironment:%n",
        footer = {
            "  BASCULE_URL     access server",
            "  BASCULE_TOKEN   API token or access token, or an offline token that is exchanged for one",
            "  BASCULE_CA      PEM file with one more CA to trust",
            "  BASCULE_PROXY   proxy: http://[USER:PASSWORD@]HOST[:PORT], socks5://… or direct (default: HTTPS_PROXY,"
                    + " NO_PROXY)",
            "  BASCULE_CONFIG  configuration folder (default: ~/.config/bascule)"
        })
public final class Bascule {

    /** This one needs all the others. */
    private static final String COMPLETION = "completion";

    /** Commands by name. Only the one that is called for is made, so that the others cost no time. */
    private static final Map<String, Supplier<Object>> COMMANDS = commands();

    @Option(names = "--debug", scope = CommandLine.ScopeType.INHERIT, description = "show logs and stack traces")
    private boolean debug;

    /** From the manifest of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {
                "bascule "
                        + Optional.ofNullable(Bascule.class.getPackage().getImplementationVersion())
                                .orElse("(not packaged)")
            };
        }
    }

    private static Map<String, Supplier<Object>> commands() {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("login", Login::new);
        commands.put("logout", Logout::new);
        commands.put("ls", Ls::new);
        commands.put("shell", Shell::new);
        commands.put("exec", Exec::new);
        commands.put("chat", Chat::new);
        commands.put("cp", Cp::new);
        commands.put("file", FileCommand::new);
        commands.put("forward", ForwardCommand::new);
        commands.put("proxy", ProxyCommand::new);
        commands.put("connect", ConnectCommand::new);
        commands.put("ps", Ps::new);
        commands.put("kill", Kill::new);
        commands.put("start", Start::new);
        commands.put("info", Info::new);
        commands.put("restart", Restart::new);
        commands.put("device", DeviceCommand::new);
        commands.put("sub-device", SubDeviceCommand::new);
        commands.put("pairing", PairingCommand::new);
        commands.put("alarm", AlarmCommand::new);
        commands.put("folder", FolderCommand::new);
        commands.put("user", UserCommand::new);
        commands.put("group", GroupCommand::new);
        commands.put("grant", GrantCommand::new);
        commands.put("rights", RightsCommand::new);
        commands.put("request", RequestCommand::new);
        commands.put("assist", AssistCommand::new);
        commands.put("session", SessionCommand::new);
        commands.put("policy", PolicyCommand::new);
        commands.put("contract", ContractCommand::new);
        commands.put("qualification", QualificationCommand::new);
        commands.put("tag", TagCommand::new);
        commands.put("options", OptionsCommand::new);
        commands.put("token", TokenCommand::new);
        commands.put("api-token", ApiTokenCommand::new);
        commands.put("relay", RelayCommand::new);
        commands.put("audit", Audit::new);
        commands.put("export", Export::new);
        commands.put("import", Import::new);
        commands.put("installation", Installation::new);
        commands.put(COMPLETION, CompletionCommand::new);
        return commands;
    }

    /**
     * Runs the program.
     *
     * @return its exit code
     */
    public static int run(Surroundings around, String... arguments) {
        Bascule root = new Bascule();
        CommandLine line = commandLine(root, arguments);
        line.setOut(writer(around.out()));
        line.setErr(writer(around.err()));
        line.setExecutionStrategy(parsed -> root.execute(parsed, around));
        line.setParameterExceptionHandler((failure, given) -> usage(failure, around));
        line.setExecutionExceptionHandler((failure, command, parsed) -> root.report(failure, around));
        int code = line.execute(arguments);
        line.getOut().flush();
        line.getErr().flush();
        return code;
    }

    /** All commands, for what looks at them and runs none. */
    static CommandLine whole() {
        return commandLine(new Bascule());
    }

    private static PrintWriter writer(java.io.OutputStream to) {
        return new PrintWriter(new OutputStreamWriter(to, StandardCharsets.UTF_8), true);
    }

    private static CommandLine commandLine(Bascule root, String... arguments) {
        CommandLine line = new CommandLine(root);
        String called = called(arguments);
        COMMANDS.forEach((name, maker) -> {
            if (called.isEmpty() || called.equals(name) || called.equals(COMPLETION)) {
                line.addSubcommand(name, maker.get());
            }
        });
        for (String name : List.of("exec", "start")) {
            CommandLine withCommand = line.getSubcommands().get(name);
            if (withCommand != null) {
                withCommand.setStopAtPositional(true);
            }
        }
        line.getCommandSpec()
                .usageMessage()
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(exitCodes());
        help(line);
        return line;
    }

    /** The command that is meant if it is one; empty if the whole list is needed. */
    private static String called(String... arguments) {
        for (String argument : arguments) {
            if (!argument.startsWith("-")) {
                return COMMANDS.containsKey(argument) ? argument : "";
            }
        }
        return "";
    }

    private static void help(CommandLine line) {
        line.getSubcommands().values().forEach(command -> {
            if (!command.getCommandSpec().mixinStandardHelpOptions()) {
                command.getCommandSpec().mixinStandardHelpOptions(true);
            }
            help(command);
        });
    }

    private static Map<String, String> exitCodes() {
        Map<String, String> codes = new LinkedHashMap<>();
        for (ExitCode code : ExitCode.values()) {
            codes.put(String.valueOf(code.code()), code.meaning());
        }
        return codes;
    }

    private int execute(ParseResult parsed, Surroundings around) {
        Integer helped = CommandLine.executeHelpRequest(parsed);
        if (helped != null) {
            return helped;
        }
        ParseResult last = parsed;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        Object command = last.commandSpec().userObject();
        if (command instanceof Action action) {
            try {
                return action.run(around);
            } catch (CommandException e) {
                return report(e, around);
            } catch (RuntimeException e) {
                return report(e, around);
            }
        }
        throw new ParameterException(last.commandSpec().commandLine(), "a command is missing");
    }

    private int report(Exception failure, Surroundings around) {
        if (failure instanceof ParameterException wrong) {
            return usage(wrong, around);
        }
        if (failure instanceof CommandException expected) {
            around.warn("bascule: " + expected.getMessage());
            trace(failure, around);
            return expected.exitCode().code();
        }
        around.warn("bascule: something went wrong in this program: " + Printable.of(String.valueOf(failure)));
        trace(failure, around);
        return ExitCode.FAILED.code();
    }

    private void trace(Exception failure, Surroundings around) {
        if (debug) {
            PrintWriter to = writer(around.err());
            failure.printStackTrace(to);
            to.flush();
        }
    }

    private static int usage(ParameterException failure, Surroundings around) {
        around.warn("bascule: " + Printable.of(String.valueOf(failure.getMessage())));
        around.warn("Try '" + failure.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE.code();
    }
}

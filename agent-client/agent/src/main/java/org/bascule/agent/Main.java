package org.bascule.agent;

import org.bascule.agent.command.AssistCommand;
import org.bascule.agent.command.ChatCommand;
import org.bascule.agent.command.ConfigCommand;
import org.bascule.agent.command.ConsentCommand;
import org.bascule.agent.command.EndCommand;
import org.bascule.agent.command.EnrolCommand;
import org.bascule.agent.command.ExitCode;
import org.bascule.agent.command.InventoryCommand;
import org.bascule.agent.command.LogCommand;
import org.bascule.agent.command.OffCommand;
import org.bascule.agent.command.OnCommand;
import org.bascule.agent.command.PageCommand;
import org.bascule.agent.command.PairCommand;
import org.bascule.agent.command.PingCommand;
import org.bascule.agent.command.ProxyCommand;
import org.bascule.agent.command.ResetIdentityCommand;
import org.bascule.agent.command.RunCommand;
import org.bascule.agent.command.StatusCommand;
import org.bascule.agent.command.SwitchCommand;
import org.bascule.agent.command.WatchCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code bascule-agent}. */
@Command(
        name = "bascule-agent",
        description = "Makes this machine reachable by those whom its owner allows.",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        subcommands = {
            EnrolCommand.class,
            PairCommand.class,
            RunCommand.class,
            StatusCommand.class,
            AssistCommand.class,
            OnCommand.class,
            OffCommand.class,
            EndCommand.class,
            WatchCommand.class,
            SwitchCommand.class,
            PageCommand.class,
            ConsentCommand.class,
            ChatCommand.class,
            LogCommand.class,
            PingCommand.class,
            ConfigCommand.class,
            ResetIdentityCommand.class,
            InventoryCommand.class,
            ProxyCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:success",
            "1:something else went wrong",
            "2:wrong usage",
            "3:the device is not enrolled, or already is",
            "4:the enrolment token was refused",
            "5:the server could not be reached or refused",
            "6:the server is not the one that this device trusts",
            "7:the agent is not running",
            "8:nobody accepted the device, or its machine is registered already"
        })
public final class Main implements Runnable {

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "Say what to do: enrol, pair, run, status, on, off or assist.");
    }

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** Also for tests: does not end the Java machine. */
    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.setExecutionExceptionHandler((failure, command, result) -> {
            command.getErr().println(sentence(failure));
            return ExitCode.FAILED;
        });
        return line;
    }

    private static String sentence(Exception failure) {
        String message = failure.getMessage();
        return message == null ? "The agent failed: " + failure.getClass().getSimpleName() + "." : message;
    }
}

package org.bascule.agent.command;

import java.util.Optional;
import java.util.concurrent.Callable;
import org.bascule.agent.Version;
import org.bascule.agent.desk.DeviceDesk;
import org.bascule.agent.local.LocalClient;
import org.bascule.agent.local.LocalException;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.Json;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bascule-agent end} (requirement DEV-6: the person at the device ends a session). */
@Command(
        name = "end",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Ends a session on this machine, or somebody's watching of one.")
public final class EndCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "SESSION", description = "its id, as 'bascule-agent status' shows it")
    private String session = "";

    @Mixin
    private FolderOption folder = new FolderOption();

    @Override
    public Integer call() {
        try {
            SessionId sid = SessionId.parse(session);
            Optional<StrictJson> answer = new LocalClient(StateFolder.open(folder.path()))
                    .ask(
                            DeviceDesk.END,
                            Json.createObjectBuilder().add("sid", sid.hex()).build());
            if (answer.isEmpty()) {
                return fail("The agent is not running, so there is no session.", ExitCode.NOT_RUNNING);
            }
            return answer.get().optionalFlag("ended")
                    ? ExitCode.OK
                    : fail("There is no such session.", ExitCode.FAILED);
        } catch (WireException e) {
            return fail("That is no id of a session.", ExitCode.USAGE);
        } catch (LocalException | StateException e) {
            return fail(String.valueOf(e.getMessage()), ExitCode.FAILED);
        }
    }

    private int fail(String sentence, int code) {
        spec.commandLine().getErr().println(sentence);
        return code;
    }
}

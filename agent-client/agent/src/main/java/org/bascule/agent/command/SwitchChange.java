package org.bascule.agent.command;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.time.Clock;
import java.util.Optional;
import org.bascule.agent.desk.DeviceDesk;
import org.bascule.agent.local.LocalClient;
import org.bascule.agent.local.LocalException;
import org.bascule.agent.owner.Moment;
import org.bascule.agent.owner.OwnerSwitch;
import org.bascule.agent.owner.SwitchOrder;
import org.bascule.agent.owner.SwitchState;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What {@code on}, {@code off} and {@code switch} share: the running agent does it, or the file is changed for the next. */
final class SwitchChange {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Mixin
    private FolderOption folder = new FolderOption();

    int run(SwitchOrder order) {
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
            print(changed(opened, order));
            return ExitCode.OK;
        } catch (StateException | WireException e) {
            err.println(e.getMessage());
            return ExitCode.FAILED;
        } catch (LocalException e) {
            err.println(e.sentence());
            return ExitCode.FAILED;
        }
    }

    /** Gives the order to the running agent, or changes the file. */
    static SwitchState changed(StateFolder folder, SwitchOrder order)
            throws StateException, LocalException, WireException {
        Optional<StrictJson> answer = new LocalClient(folder).ask(DeviceDesk.SWITCH, order.toJson());
        if (answer.isPresent()) {
            return SwitchState.parse(answer.get().child("switch"));
        }
        return OwnerSwitch.changeFile(
                folder,
                order,
                DeviceDesk.onCommandLine(System.getProperty("user.name", "")),
                Moment.now(Clock.systemUTC()));
    }

    private void print(SwitchState state) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? Printable.json(state.toJson()) : "Remote access is " + SwitchText.of(state) + ".");
        out.flush();
    }
}

package org.bascule.agent.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bascule.agent.Version;
import org.bascule.agent.owner.KeySwitch;
import org.bascule.agent.owner.SwitchMode;
import org.bascule.agent.owner.SwitchOrder;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bascule-agent switch}. */
@Command(
        name = "switch",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Says what the switch for remote access does by itself.",
        footer = {
            "",
            "always      on whenever the machine starts; `off` holds until then, or for a time",
            "as-left     stays as it was left, over restarts",
            "key-switch  on while a command ends with 0, or an input reads 1:",
            "            bascule-agent switch --mode key-switch --gpio /sys/class/gpio/gpio17/value",
            "            bascule-agent switch --mode key-switch -- /usr/local/bin/key --slot 2"
        })
public final class SwitchCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--mode", required = true, paramLabel = "MODE", description = "always, key-switch or as-left.")
    private String mode = "";

    @Option(names = "--gpio", paramLabel = "FILE", description = "Input of the key switch: a file that reads 1 or 0.")
    private @Nullable Path gpio;

    @Option(names = "--invert", description = "0 means on (for a command: any code but 0).")
    private boolean invert;

    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "Command of the key switch, with its arguments.")
    private List<String> command = new ArrayList<>();

    @Mixin
    private SwitchChange change = new SwitchChange();

    @Override
    public Integer call() {
        try {
            SwitchMode wanted = SwitchMode.of(mode);
            if (wanted == SwitchMode.KEY_SWITCH) {
                KeySwitch key = KeySwitch.of(command, Optional.ofNullable(gpio), invert);
                return change.run(new SwitchOrder.Mode(wanted, Optional.of(key)));
            }
            if (!command.isEmpty() || gpio != null || invert) {
                throw WireException.malformed("a command or an input goes with the mode key-switch alone");
            }
            return change.run(new SwitchOrder.Mode(wanted, Optional.empty()));
        } catch (WireException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage() + ".");
        }
    }
}

package org.bascule.agent.command;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bascule.agent.Version;
import org.bascule.agent.owner.SwitchOrder;
import org.bascule.agent.owner.SwitchSetting;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bascule-agent off}. */
@Command(
        name = "off",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description =
                "Switches remote access to this machine off, and ends what runs of it. Without --for it stays off until it is switched on; in mode always, which is the usual one, also until the machine starts anew.")
public final class OffCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--for",
            paramLabel = "TIME",
            converter = Times.class,
            description = "It comes on again by itself after this time, for instance 8h, 90m or 2d.")
    private @Nullable Duration length;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Shown to those who want to connect.")
    private String reason = "";

    @Mixin
    private SwitchChange change = new SwitchChange();

    @Override
    public Integer call() {
        if (reason.length() > SwitchSetting.MAX_REASON) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "The reason has at most " + SwitchSetting.MAX_REASON + " characters.");
        }
        return change.run(new SwitchOrder.Off(Optional.ofNullable(length), reason));
    }
}

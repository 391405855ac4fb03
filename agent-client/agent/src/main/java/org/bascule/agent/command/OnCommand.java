package org.bascule.agent.command;

import java.util.concurrent.Callable;
import org.bascule.agent.Version;
import org.bascule.agent.owner.SwitchOrder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bascule-agent on}. */
@Command(
        name = "on",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Switches remote access to this machine on.")
public final class OnCommand implements Callable<Integer> {

    @Mixin
    private SwitchChange change = new SwitchChange();

    @Override
    public Integer call() {
        return change.run(new SwitchOrder.On());
    }
}

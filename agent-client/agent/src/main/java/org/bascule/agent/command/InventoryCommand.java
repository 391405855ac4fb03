package org.bascule.agent.command;

import java.time.Clock;
import java.util.concurrent.Callable;
import org.bascule.agent.Logging;
import org.bascule.agent.inventory.InventoryCollector;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bascule-agent inventory}: what the agent tells of this machine, as JSON. The running agent starts it, too. */
@Command(
        name = "inventory",
        mixinStandardHelpOptions = true,
        description = "Prints what the agent tells the access server about this machine, as JSON.")
public final class InventoryCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Logging.configure(false);
        var out = spec.commandLine().getOut();
        out.println(Printable.json(new InventoryCollector(Clock.systemUTC()).collect()));
        out.flush();
        return ExitCode.OK;
    }
}

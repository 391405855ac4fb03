package org.bascule.control.command;

import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import org.bascule.session.service.SystemRequest;
import org.bascule.wire.Operations;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "restart",
        header = "Restart a device.",
        description = "All sessions on it end; the others there are told the reason.")
final class Restart implements Action {

    @Mixin
    private Output output = new Output();

    @Mixin
    private Asked asked = new Asked();

    @Mixin
    private SessionReason reason = new SessionReason();

    @Parameters(paramLabel = "DEVICE", description = "uid, unique name or path")
    private String device = "";

    @Override
    public int run(Surroundings around) throws CommandException {
        String why = reason.text().orElse("");
        if (why.length() > SystemRequest.MAX_REASON) {
            throw new CommandException(
                    ExitCode.USAGE, "the reason has at most " + SystemRequest.MAX_REASON + " characters");
        }
        Output.confirm(
                around,
                asked.yes(),
                "Restart " + Printable.of(device) + "? All sessions on it end, and what is not saved there is lost.");
        return SystemSession.run(around, device, Operations.of(Operations.POWER), reason, system -> {
            system.restart(why);
            output.done(around, device, "the restart has begun");
        });
    }
}

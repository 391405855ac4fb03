package org.bascule.control.command;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import org.bascule.control.remote.DeviceProcess;
import org.bascule.control.remote.RemoteSystem;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.SystemRequest;
import org.bascule.session.service.SystemRequest.Signal;
import org.bascule.wire.Operations;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "kill",
        header = "Send a signal to a process of a device.",
        description = {
            "It has the rights of the account that the session is for.",
            "Without --start it is for the process that has the number at this moment."
        })
final class Kill implements Action {

    @Mixin
    private Output output = new Output();

    @Mixin
    private SessionReason reason = new SessionReason();

    @Option(names = "--signal", paramLabel = "NAME", description = "TERM (the default), KILL, HUP, INT, STOP or CONT")
    private String signal = "TERM";

    @Option(
            names = "--start",
            paramLabel = "TICKS",
            description = "'start' of 'ps --json': only if it is still that process; needs no right to see processes")
    private @Nullable Long start;

    @Parameters(index = "0", paramLabel = "DEVICE", description = "uid, unique name or path")
    private String device = "";

    @Parameters(index = "1", paramLabel = "PID", description = "number of the process")
    private long pid;

    @Override
    public int run(Surroundings around) throws CommandException {
        if (pid < 1 || pid > SystemRequest.MAX_PID) {
            throw new CommandException(ExitCode.USAGE, "there is no process of that number");
        }
        Signal named = signal();
        Optional<Long> known = Optional.ofNullable(start);
        Operations operations = known.isPresent()
                ? Operations.of(Operations.PROCESS_MANAGE)
                : Operations.of(Operations.PROCESS_VIEW, Operations.PROCESS_MANAGE);
        return SystemSession.run(around, device, operations, reason, system -> {
            if (known.isPresent()) {
                send(around, system, new SystemRequest.Kill(pid, known.get(), named), String.valueOf(pid));
            } else {
                DeviceProcess found = find(system);
                send(
                        around,
                        system,
                        new SystemRequest.Kill(pid, found.start(), named),
                        pid + " (" + Printable.of(found.name()) + ")");
            }
        });
    }

    private Signal signal() throws CommandException {
        String name = signal.toUpperCase(Locale.ROOT);
        return Signal.of(name.startsWith("SIG") ? name.substring(3) : name)
                .orElseThrow(() -> new CommandException(
                        ExitCode.USAGE,
                        "the signals are "
                                + Arrays.stream(Signal.values())
                                        .map(Signal::name)
                                        .collect(Collectors.joining(", "))));
    }

    private DeviceProcess find(RemoteSystem system) throws CommandException, DeviceProblem {
        return system.processes(1).stream()
                .filter(process -> process.pid() == pid)
                .findFirst()
                .orElseThrow(() -> new DeviceProblem(DeviceProblem.Code.GONE, "There is no process " + pid + "."));
    }

    private void send(Surroundings around, RemoteSystem system, SystemRequest.Kill request, String what)
            throws CommandException, DeviceProblem {
        system.signal(request);
        output.done(around, String.valueOf(pid), request.signal().name() + " sent to " + what);
    }
}

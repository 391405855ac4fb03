package org.bascule.control.command;

import java.util.Locale;
import java.util.Optional;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import org.bascule.control.forward.Destinations;
import org.bascule.control.remote.LocalInput;
import org.bascule.control.remote.RemoteConnection;
import org.bascule.control.server.AccessServer;
import org.bascule.control.server.DeviceRow;
import org.bascule.control.signin.Account;
import org.bascule.wire.Operations;
import org.bascule.wire.TcpTarget;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "connect",
        header = "Connect standard input and output to a port of a device, or of a sub-device.",
        description = {
            "WHERE is a device (uid, unique name or path), or SUB-DEVICE.DEVICE, or DEVICE/SUB-DEVICE. The case of letters does not matter where it is unique.",
            "Example: ssh -o ProxyCommand=\"bascule connect %h %p\" service@pump-1"
        })
final class ConnectCommand implements Action {

    @Mixin
    private SessionReason reason = new SessionReason();

    @Parameters(index = "0", paramLabel = "WHERE", description = "a device, or what is behind it")
    private String where = "";

    @Parameters(index = "1", paramLabel = "PORT", description = "1 to 65535")
    private int port;

    /** A device and something behind it. */
    private record Place(String uid, String host) {}

    @Override
    public int run(Surroundings around) throws CommandException {
        if (port < 1 || port > TcpTarget.MAX_PORT) {
            throw new CommandException(ExitCode.USAGE, "a port is 1 to 65535");
        }
        AccessServer server = new Account(around).server();
        Place place = place(server);
        boolean own = place.host().equals("device");
        Destinations.Destination to =
                (own ? Destinations.ofDevice() : Destinations.of(server, place.uid())).find(place.host(), port);
        LocalInput input = new LocalInput(around.in());
        try (ForwardSession session = ForwardSession.open(
                server, around, place.uid(), Operations.of(to.target().operation()), reason)) {
            new RemoteConnection(session.session(), around, input).run(to.request());
            return ExitCode.OK.code();
        }
    }

    /** The whole of it as a device first; then what stands before the first, second … dot as a sub-device of the rest. */
    private Place place(AccessServer server) throws CommandException {
        int slash = where.lastIndexOf('/');
        if (slash >= 0) {
            try {
                return new Place(server.deviceAt(where), "device");
            } catch (CommandException e) {
                if (slash == 0 || e.exitCode() != ExitCode.REFUSED) {
                    throw e;
                }
                return new Place(server.deviceAt(where.substring(0, slash)), where.substring(slash + 1));
            }
        }
        Optional<String> whole = device(server, where);
        if (whole.isPresent()) {
            return new Place(whole.get(), "device");
        }
        for (int dot = where.indexOf('.'); dot > 0; dot = where.indexOf('.', dot + 1)) {
            Optional<String> behind = device(server, where.substring(dot + 1));
            if (behind.isPresent()) {
                return new Place(behind.get(), where.substring(0, dot));
            }
        }
        throw new CommandException(
                ExitCode.REFUSED, "there is no device '%s' that you may see".formatted(Printable.of(where)));
    }

    /** Refuses what is not unique; {@code ssh} makes all letters small. */
    private static Optional<String> device(AccessServer server, String name) throws CommandException {
        if (name.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")) {
            return Optional.of(name);
        }
        if (name.isBlank()) {
            return Optional.empty();
        }
        String quoted = '"' + name.replace("\"", "") + '"';
        var rows = server.devices(quoted).stream()
                .filter(row -> row.name().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT)))
                .toList();
        var exact = rows.stream().filter(row -> row.name().equals(name)).toList();
        var best = exact.isEmpty() ? rows : exact;
        if (best.size() > 1) {
            throw new CommandException(
                    ExitCode.REFUSED,
                    "'%s' means %d devices: use an id or a path".formatted(Printable.of(name), best.size()));
        }
        return best.stream().map(DeviceRow::uid).findFirst();
    }
}

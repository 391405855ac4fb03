package org.bascule.control.command;

import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.bascule.control.CommandException;
import org.bascule.control.Surroundings;
import org.bascule.control.forward.Destinations;
import org.bascule.control.forward.ForwardSpec;
import org.bascule.control.forward.Journal;
import org.bascule.control.forward.Listeners;
import org.bascule.control.remote.Watchers;
import org.bascule.control.server.AccessServer;
import org.bascule.control.signin.Account;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "forward",
        header = "Let ports of this machine lead to a device and to what is behind it.",
        description = {
            "HOST is a sub-device's name or address, or 'device' for the device itself. Runs until it is interrupted or the session is ended.",
            "Example: bascule forward pump-1 8443:plc-1:443 8022:device:22"
        })
final class ForwardCommand implements Action {

    @Mixin
    private SessionReason reason = new SessionReason();

    @Option(
            names = {"-v", "--verbose"},
            description = "a line for each connection")
    private boolean verbose;

    @Option(names = "--json", description = "one object of JSON on each line of standard output")
    private boolean json;

    @Parameters(index = "0", paramLabel = "DEVICE", description = "uid, unique name or path")
    private String device = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "[BIND:]PORT:HOST:PORT",
            description = "listen here (default: 127.0.0.1; port 0: any), and where it leads")
    private List<String> forwards = new ArrayList<>();

    private record Bound(ForwardSpec spec, Destinations.Destination to, ServerSocketChannel server) {}

    @Override
    public int run(Surroundings around) throws CommandException {
        List<ForwardSpec> specs = new ArrayList<>();
        for (String each : forwards) {
            specs.add(ForwardSpec.parse(each));
        }
        AccessServer server = new Account(around).server();
        String uid = server.deviceAt(device);
        Destinations destinations = Destinations.of(server, uid);
        try (Listeners listeners = new Listeners(new Journal(around, json, verbose))) {
            List<Bound> bound = new ArrayList<>();
            for (ForwardSpec spec : specs) {
                Destinations.Destination to = destinations.find(spec.host(), spec.port());
                bound.add(new Bound(spec, to, listeners.bind(spec.bind(), spec.localPort())));
            }
            List<String> operations =
                    bound.stream().map(each -> each.to().target().operation()).toList();
            try (ForwardSession session =
                            ForwardSession.open(server, around, uid, Destinations.operations(operations), reason);
                    Listeners.Serving serving = listeners.serve(session.session(), new Watchers(around, false))) {
                for (Bound each : bound) {
                    serving.forward(
                            each.server(),
                            each.to().request(),
                            each.spec().host() + ":" + each.spec().port());
                }
                throw session.awaitEnd();
            }
        }
    }
}

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
import org.bascule.wire.Operations;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "proxy",
        header = "A SOCKS 5 proxy on this machine that leads to a device and to what is behind it.",
        description = {
            "Names of sub-devices and 'device' are known; all others the device resolves. Listens on 127.0.0.1 alone.",
            "Example: bascule proxy pump-1 & curl --proxy socks5h://127.0.0.1:1080 https://plc-1/"
        })
final class ProxyCommand implements Action {

    @Mixin
    private SessionReason reason = new SessionReason();

    @Option(
            names = {"-v", "--verbose"},
            description = "a line for each connection")
    private boolean verbose;

    @Option(names = "--json", description = "one object of JSON on each line of standard output")
    private boolean json;

    @Option(names = "--port", paramLabel = "PORT", description = "listen here (default: 1080; 0: any)")
    private int port = 1_080;

    @Option(
            names = "--to",
            paramLabel = "HOST[:PORT]",
            description = "lead only there, repeatable (default: the device and all its sub-devices)")
    private List<String> only = new ArrayList<>();

    @Parameters(index = "0", paramLabel = "DEVICE", description = "uid, unique name or path")
    private String device = "";

    @Override
    public int run(Surroundings around) throws CommandException {
        AccessServer server = new Account(around).server();
        String uid = server.deviceAt(device);
        Destinations destinations = Destinations.of(server, uid);
        Operations operations = destinations.all(only);
        try (Listeners listeners = new Listeners(new Journal(around, json, verbose))) {
            ServerSocketChannel bound = listeners.bind(ForwardSpec.LOOPBACK, port);
            try (ForwardSession session = ForwardSession.open(server, around, uid, operations, reason);
                    Listeners.Serving serving = listeners.serve(session.session(), new Watchers(around, false))) {
                serving.proxy(bound, destinations, device);
                throw session.awaitEnd();
            }
        }
    }
}

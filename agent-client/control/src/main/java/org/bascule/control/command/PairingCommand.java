package org.bascule.control.command;

import jakarta.json.JsonObject;
import org.bascule.control.CommandException;
import org.bascule.control.Printable;
import org.bascule.control.server.Http;
import org.bascule.wire.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Machines that wait to be accepted, found by the code that they show. */
@Command(
        name = "pairing",
        header = "Machines that wait to be accepted: show, accept, reject.",
        description =
                "A machine belongs to no domain until it is accepted, so only its code finds it; there is no list.",
        subcommands = {PairingCommand.Show.class, PairingCommand.Accept.class, PairingCommand.Reject.class})
final class PairingCommand {

    private static final String CODE = "what 'bascule-agent pair' shows at the machine";

    private static String path(String code) {
        return "/api/pairings/" + Http.encode(code);
    }

    /** What the machine says of itself is not known to be true. */
    private static String described(JsonObject pairing) {
        return "'%s' (%s, %s)"
                .formatted(
                        Printable.of(Output.text(pairing, "name")),
                        Printable.of(Output.text(pairing, "os")),
                        Printable.of(Output.text(pairing, "address")));
    }

    @Command(name = "show", header = "Show the machine behind a code, with the words of its key.")
    static final class Show extends ServerAction {

        @Parameters(paramLabel = "CODE", description = CODE)
        private String code = "";

        @Override
        int run(Desk desk) throws CommandException {
            return desk.members(desk.server().get(path(code)));
        }
    }

    @Command(
            name = "accept",
            header = "Accept a machine into a folder, after the words of its key were compared.",
            description =
                    "Shows the words and asks whether the machine shows the same; a program gives those that were read there as --words.")
    static final class Accept extends ServerAction {

        @Mixin
        private ComparedWords compared = new ComparedWords();

        @Option(
                names = "--in",
                required = true,
                paramLabel = "FOLDER",
                description = "into which: " + References.FOLDER)
        private String folder = "";

        @Parameters(paramLabel = "CODE", description = CODE)
        private String code = "";

        @Override
        int run(Desk desk) throws CommandException {
            String in = desk.directory().folder(folder).id();
            JsonObject pairing = desk.server().get(path(code));
            desk.around()
                    .warn("Words of this installation, which the machine shows too: "
                            + Printable.of(Output.text(pairing, "rootWords")));
            compared.require(
                    desk,
                    Output.texts(pairing, "words"),
                    "Does the machine " + described(pairing) + " show the same words? Accept it?");
            JsonObject device = desk.server()
                    .create(
                            path(code) + "/accept",
                            Json.createObjectBuilder()
                                    .add("folder", in)
                                    .add("fingerprint", Output.text(pairing, "fingerprint"))
                                    .build());
            return desk.print(
                    device,
                    "accepted: " + Printable.of(Output.text(device, "name")) + " "
                            + Printable.of(Output.text(device, "uid")));
        }
    }

    @Command(name = "reject", header = "Send a machine away.")
    static final class Reject extends ServerAction {

        @Mixin
        private Asked asked = new Asked();

        @Parameters(paramLabel = "CODE", description = CODE)
        private String code = "";

        @Override
        int run(Desk desk) throws CommandException {
            if (!asked.yes()) {
                desk.confirm(
                        false, "Reject the machine " + described(desk.server().get(path(code))) + "?");
            }
            desk.server().act(path(code) + "/reject");
            return desk.done(code, "rejected");
        }
    }
}

package org.bascule.control.command;

import jakarta.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.remote.KnownKeys;
import org.bascule.control.server.Thing;
import org.bascule.session.trust.DeviceTrust;
import org.bascule.wire.words.FingerprintWords;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "trust",
        header = "Trust the key of a device, after its words were compared with those at the device.",
        description =
                "For a device that is unverified, or refused because it has another key than the last time. Take the words that "
                        + KnownKeys.AT_THE_MACHINE + "; a program gives them as --words.")
final class TrustDevice extends ServerAction {

    @Mixin
    private ComparedWords compared = new ComparedWords();

    @Parameters(paramLabel = "DEVICE", description = References.DEVICE)
    private String device = "";

    @Override
    int run(Desk desk) throws CommandException {
        Thing thing = desk.directory().device(device);
        KnownKeys keys = new KnownKeys(desk.server(), desk.around());
        DeviceTrust known = keys.of(thing.id())
                .orElseThrow(() -> new CommandException(
                        ExitCode.REFUSED,
                        "nothing was done: this device was not met from here yet, connect to it first"));
        JsonObject found = desk.server().get(thing.path());
        byte[] key = desk.server().deviceKey(found);
        // the server decides which device a name is
        String named = "'%s' (%s)".formatted(Printable.of(Output.text(found, "name")), Printable.of(thing.id()));
        boolean same = Arrays.equals(known.identity(), key);
        List<String> words = FingerprintWords.of(key);
        if (same) {
            compared.require(
                    desk,
                    words,
                    "Are these the words that " + KnownKeys.AT_THE_MACHINE + "? Trust this key of " + named + "?");
        } else {
            requireNewWords(desk, FingerprintWords.of(known.identity()), words, named);
        }
        keys.compared(thing.id(), known, key);
        return desk.done(thing.id(), (same ? "compared: " : "compared, its new key is accepted: ") + named);
    }

    private void requireNewWords(Desk desk, List<String> known, List<String> words, String named)
            throws CommandException {
        if (words.equals(known)) {
            throw new CommandException(
                    ExitCode.SECURITY,
                    "nothing was done: the server names another key with the same words for " + named);
        }
        desk.around()
                .warn(named + " has another key than the last time. Words of the one that is known here: "
                        + String.join(" ", known));
        compared.requireTyped(
                desk,
                words,
                "Trust the new key of " + named + "? Only with the words that " + KnownKeys.AT_THE_MACHINE + ".");
    }
}

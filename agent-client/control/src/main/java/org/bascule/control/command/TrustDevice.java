package org.bascule.control.command;

import java.util.Arrays;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
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
        description = "For a device that is unverified, or refused because it has another key than the last time."
                + " 'bascule-agent status' shows the words there; a program gives them as --words.")
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
        byte[] key = desk.server().deviceKey(thing.id());
        boolean same = Arrays.equals(known.identity(), key);
        if (!same) {
            desk.around()
                    .warn("This is another key than the last time. Words of the one that is known here: "
                            + FingerprintWords.text(known.identity()));
        }
        compared.require(
                desk,
                FingerprintWords.of(key),
                "Does 'bascule-agent status' at the device show the same words? Trust this key?");
        keys.compared(thing.id(), known, key);
        return desk.done(thing.id(), same ? "compared" : "compared, its new key is accepted");
    }
}

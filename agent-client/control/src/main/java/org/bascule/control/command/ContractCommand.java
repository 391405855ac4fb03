package org.bascule.control.command;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bascule.control.CommandException;
import org.bascule.control.Printable;
import org.bascule.control.server.Thing;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The service contract under which devices may be accessed. */
@Command(
        name = "contract",
        header = "Service contracts of folders: show, set, remove.",
        subcommands = {ContractCommand.Show.class, ContractCommand.Set.class, ContractCommand.Remove.class})
final class ContractCommand {

    private static String path(Thing folder) {
        return folder.path() + "/contract";
    }

    @Command(name = "show", header = "Show the contract that counts for a folder: its own, or the nearest above.")
    static final class Show extends ServerAction {

        @Parameters(paramLabel = "FOLDER", description = References.FOLDER)
        private String folder = "";

        @Override
        int run(Desk desk) throws CommandException {
            return desk.members(desk.server().get(path(desk.directory().folder(folder))));
        }
    }

    @Command(
            name = "set",
            header = "Make this the folder's own contract, in place of what it had.",
            description = "What is not given is empty.")
    static final class Set extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Option(names = "--reference", paramLabel = "TEXT", description = "its number")
        private @Nullable String reference;

        @Option(names = "--purpose", paramLabel = "TEXT", description = "what for")
        private @Nullable String purpose;

        @Option(names = "--from", paramLabel = "TIME", description = "not before: " + Times.MOMENT)
        private @Nullable String from;

        @Option(names = "--until", paramLabel = "TIME", description = "no longer than: " + Times.MOMENT)
        private @Nullable String until;

        @Option(names = "--terms", paramLabel = "TEXT", description = "about data privacy")
        private @Nullable String terms;

        @Option(names = "--required", description = "no access below without a contract that is in force")
        private boolean required;

        @Option(
                names = "--qualification",
                paramLabel = "NAME",
                description = "what everybody must be qualified for; may be given several times")
        private List<String> qualifications = new ArrayList<>();

        @Option(names = "--preview", description = Preview.OF_CONDITIONS)
        private boolean preview;

        @Parameters(paramLabel = "FOLDER", description = References.FOLDER)
        private String folder = "";

        @Override
        int run(Desk desk) throws CommandException {
            Instant now = desk.around().clock().instant();
            JsonObjectBuilder body = Json.createObjectBuilder()
                    .add("required", required)
                    .add("qualifications", Json.createArrayBuilder(qualifications));
            given(body, "reference", reference);
            given(body, "purpose", purpose);
            given(body, "terms", terms);
            if (from != null) {
                body.add("from", Times.moment(from, now).toString());
            }
            if (until != null) {
                body.add("until", Times.moment(until, now).toString());
            }
            Thing thing = desk.directory().folder(folder);
            if (preview) {
                return Preview.ofContract(desk, thing.id(), body.build());
            }
            String path = path(thing);
            return desk.members(
                    desk.server().replace(path, version.of(desk.server().get(path)), body.build()));
        }

        private static void given(JsonObjectBuilder body, String member, @Nullable String text) {
            if (text != null) {
                body.add(member, text);
            }
        }
    }

    @Command(name = "remove", header = "Take the folder's own contract away, so that the nearest above counts.")
    static final class Remove extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Mixin
        private Asked asked = new Asked();

        @Option(names = "--preview", description = Preview.OF_CONDITIONS)
        private boolean preview;

        @Parameters(paramLabel = "FOLDER", description = References.FOLDER)
        private String folder = "";

        @Override
        int run(Desk desk) throws CommandException {
            Thing thing = desk.directory().folder(folder);
            if (preview) {
                return Preview.ofContract(desk, thing.id(), JsonValue.NULL);
            }
            String path = path(thing);
            JsonObject found = desk.server().get(path);
            desk.confirm(asked.yes(), "Remove the contract '" + Printable.of(Output.text(found, "reference")) + "'?");
            desk.server().remove(path, version.of(found));
            return desk.done(thing.id(), "removed");
        }
    }
}

package org.bascule.control.command;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.server.Thing;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What users are qualified for, which contracts may demand. */
@Command(
        name = "qualification",
        header = "Qualifications of users: list, add, remove.",
        subcommands = {
            QualificationCommand.Listing.class,
            QualificationCommand.Add.class,
            QualificationCommand.Remove.class
        })
final class QualificationCommand {

    private static int list(Desk desk, JsonObject all) {
        List<JsonObject> items = Output.objects(all, "items");
        Table table = new Table("QUALIFICATION", "UNTIL");
        items.forEach(each -> table.add(Output.text(each, "name"), Output.text(each, "until")));
        return desk.lines(all, table.lines());
    }

    private static String path(Thing user) {
        return user.path() + "/qualifications";
    }

    private static JsonObject replaced(Desk desk, String path, String etag, JsonArrayBuilder items)
            throws CommandException {
        return desk.server()
                .replace(
                        path,
                        etag,
                        Json.createObjectBuilder().add("items", items).build());
    }

    /** All but the one of this name. */
    private static List<JsonObject> others(JsonObject all, String name) {
        return Output.objects(all, "items").stream()
                .filter(each -> !Output.text(each, "name").equals(name))
                .toList();
    }

    @Command(name = "list", header = "List what a user is qualified for, expired ones too.")
    static final class Listing extends ServerAction {

        @Parameters(paramLabel = "USER", description = References.USER)
        private String user = "";

        @Override
        int run(Desk desk) throws CommandException {
            return list(desk, desk.server().get(path(desk.directory().user(user))));
        }
    }

    @Command(name = "add", header = "Say that a user is qualified; in place of one of the same name.")
    static final class Add extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Option(names = "--until", paramLabel = "TIME", description = "no longer than: " + Times.MOMENT)
        private @Nullable String until;

        @Option(names = "--preview", description = Preview.OF_CONDITIONS)
        private boolean preview;

        @Parameters(index = "0", paramLabel = "USER", description = References.USER)
        private String user = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "what for")
        private String name = "";

        @Override
        int run(Desk desk) throws CommandException {
            Thing thing = desk.directory().user(user);
            String path = path(thing);
            JsonObject all = desk.server().get(path);
            JsonArrayBuilder items = Json.createArrayBuilder(others(all, name));
            JsonObjectBuilder added = Json.createObjectBuilder().add("name", name);
            if (until != null) {
                added.add(
                        "until",
                        Times.moment(until, desk.around().clock().instant()).toString());
            }
            items.add(added);
            return preview
                    ? Preview.ofQualifications(desk, thing.id(), items)
                    : list(desk, replaced(desk, path, version.of(all), items));
        }
    }

    @Command(name = "remove", header = "Take a qualification from a user.")
    static final class Remove extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Option(names = "--preview", description = Preview.OF_CONDITIONS)
        private boolean preview;

        @Parameters(index = "0", paramLabel = "USER", description = References.USER)
        private String user = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "which")
        private String name = "";

        @Override
        int run(Desk desk) throws CommandException {
            Thing thing = desk.directory().user(user);
            String path = path(thing);
            JsonObject all = desk.server().get(path);
            List<JsonObject> rest = others(all, name);
            if (rest.size() == Output.objects(all, "items").size()) {
                throw new CommandException(
                        ExitCode.REFUSED, "the user has no qualification '" + Printable.of(name) + "'");
            }
            JsonArrayBuilder items = Json.createArrayBuilder(rest);
            return preview
                    ? Preview.ofQualifications(desk, thing.id(), items)
                    : list(desk, replaced(desk, path, version.of(all), items));
        }
    }
}

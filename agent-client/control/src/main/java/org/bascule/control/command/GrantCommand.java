package org.bascule.control.command;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.server.Http;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Permission entries from the command line. */
@Command(
        name = "grant",
        header = "Grant or deny permissions; list and remove such entries.",
        description = {
            "Makes one entry for each permission. A user or group that is called like one of the commands below is written as user:NAME or group:NAME.",
            "A time window is " + Times.WINDOW
                    + "; days may be 'daily' or a list such as mon,wed,fri, an end before the start is on the next day."
        },
        subcommands = {GrantCommand.Listing.class, GrantCommand.Remove.class, GrantCommand.Permissions.class})
final class GrantCommand extends ServerAction {

    private static final String PATH = "/api/access/entries";

    @Mixin
    private Creation creation = new Creation();

    @Option(names = "--deny", description = "deny instead of allow")
    private boolean deny;

    @Option(names = "--from", paramLabel = "TIME", description = "not before: " + Times.MOMENT)
    private @Nullable String from;

    @Option(names = "--until", paramLabel = "TIME", description = "no longer than: " + Times.MOMENT)
    private @Nullable String until;

    @Option(names = "--window", paramLabel = "WINDOW", description = Times.WINDOW)
    private @Nullable String window;

    @Option(names = "--delegable", description = "whoever holds it by this entry may pass it on")
    private boolean delegable;

    @Option(names = "--preview", description = Preview.TEXT)
    private boolean preview;

    @Parameters(index = "0", arity = "0..1", paramLabel = "PRINCIPAL", description = References.PRINCIPAL)
    private @Nullable String principal;

    @Parameters(
            index = "1",
            arity = "0..1",
            split = ",",
            paramLabel = "PERMISSION",
            description = References.PERMISSIONS)
    private List<String> permissions = new ArrayList<>();

    @Parameters(index = "2", arity = "0..1", paramLabel = "RESOURCE", description = References.RESOURCE)
    private @Nullable String resource;

    @Override
    int run(Desk desk) throws CommandException {
        JsonObject request = request(desk);
        if (preview) {
            return Preview.of(desk, "add", Json.createArrayBuilder().add(request));
        }
        JsonObject created = creation.create(desk.server(), PATH, request);
        return desk.lines(created, table(Output.objects(created, "items")).lines());
    }

    private JsonObject request(Desk desk) throws CommandException {
        String who = principal;
        String where = resource;
        if (who == null || where == null || permissions.isEmpty()) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "grant needs a user or group, permissions and a resource: see 'bascule grant --help'");
        }
        Instant now = desk.around().clock().instant();
        JsonObjectBuilder body = Json.createObjectBuilder()
                .add("permissions", Json.createArrayBuilder(permissions))
                .add("effect", deny ? "deny" : "allow")
                .add("delegable", delegable);
        if (from != null) {
            body.add("from", Times.moment(from, now).toString());
        }
        if (until != null) {
            body.add("until", Times.moment(until, now).toString());
        }
        if (window != null) {
            body.add("window", Times.window(window));
        }
        return body.add("principal", desk.directory().principal(who).id())
                .add("resource", desk.directory().resource(where).id())
                .build();
    }

    static Table table(List<JsonObject> entries) {
        Table table = table();
        entries.forEach(entry -> add(table, entry));
        return table;
    }

    private static Table table() {
        return new Table("EFFECT", "PERMISSION", "WHO", "ON", "FROM", "UNTIL", "WINDOW", "ID");
    }

    private static void add(Table table, JsonObject entry) {
        table.add(
                Output.text(entry, "effect"),
                Output.text(entry, "permission"),
                Output.name(entry, "principal"),
                Output.place(Output.object(entry, "resource")),
                Output.text(entry, "from"),
                Output.text(entry, "until"),
                Times.text(entry),
                Output.text(entry, "id"));
    }

    @Command(
            name = "list",
            header = "List entries: those on a resource, those about a user or group, or all that you manage.")
    static final class Listing extends ServerAction {

        @Option(names = "--inherited", description = "also those that the resource inherits")
        private boolean inherited;

        @Option(names = "--principal", paramLabel = "PRINCIPAL", description = References.PRINCIPAL)
        private @Nullable String principal;

        @Mixin
        private Most most = new Most();

        @Parameters(arity = "0..1", paramLabel = "RESOURCE", description = References.RESOURCE)
        private @Nullable String resource;

        @Override
        int run(Desk desk) throws CommandException {
            Query query = new Query(PATH);
            if (resource != null) {
                query.with("resource", desk.directory().resource(resource).id());
            }
            if (principal != null) {
                query.with("principal", desk.directory().principal(principal).id());
            }
            if (inherited) {
                query.with("inherited", "true");
            }
            Table table = table();
            return desk.list(query.toString(), most.number(), table, entry -> add(table, entry));
        }
    }

    @Command(
            name = "remove",
            header = "Remove entries.",
            description = {
                "Either one, by its id, or those on a resource (not inherited ones) about a user or group and these permissions. "
                        + "Several are removed one after the other.",
                "An id without --etag is looked for in the list of all entries that you manage."
            })
    static final class Remove extends ServerAction {

        private static final String NONE = "there is no such entry that you may see";

        @Mixin
        private Asked asked = new Asked();

        @Mixin
        private Version version = new Version();

        @Option(names = "--deny", description = "those that deny (otherwise those that allow)")
        private boolean deny;

        @Option(names = "--preview", description = Preview.TEXT)
        private boolean preview;

        @Parameters(
                index = "0",
                paramLabel = "ENTRY|PRINCIPAL",
                description = "an entry's id, alone; or a " + References.PRINCIPAL)
        private String first = "";

        @Parameters(
                index = "1",
                arity = "0..1",
                split = ",",
                paramLabel = "PERMISSION",
                description = References.PERMISSIONS)
        private List<String> permissions = new ArrayList<>();

        @Parameters(index = "2", arity = "0..1", paramLabel = "RESOURCE", description = References.RESOURCE)
        private @Nullable String resource;

        @Override
        int run(Desk desk) throws CommandException {
            List<JsonObject> entries = entries(desk);
            if (preview) {
                JsonArrayBuilder ids = Json.createArrayBuilder();
                entries.forEach(entry -> ids.add(Output.text(entry, "id")));
                return Preview.of(desk, "remove", ids);
            }
            if (!asked.yes()) {
                table(entries).lines().forEach(desk.around()::warn);
            }
            desk.confirm(asked.yes(), entries.size() == 1 ? "Remove this entry?" : "Remove these entries?");
            for (JsonObject entry : entries) {
                desk.server().remove(PATH + "/" + Http.encode(Output.text(entry, "id")), version.of(entry));
            }
            return desk.lines(entries, List.of("removed " + entries.size()));
        }

        /** At least one. The API has no address of one entry: it is looked for in the list, which is read once. */
        private List<JsonObject> entries(Desk desk) throws CommandException {
            String where = resource;
            if (where == null) {
                if (!permissions.isEmpty()) {
                    throw new CommandException(
                            ExitCode.USAGE, "either an entry's id, or a user or group, permissions and a resource");
                }
                if (version.given().isPresent()) {
                    return List.of(Json.createObjectBuilder().add("id", first).build());
                }
                List<JsonObject> named = desk.server().list(PATH).stream()
                        .filter(entry -> Output.text(entry, "id").equals(first))
                        .toList();
                if (named.isEmpty()) {
                    throw new CommandException(ExitCode.REFUSED, NONE);
                }
                return named;
            }
            String address = new Query(PATH)
                    .with("resource", desk.directory().resource(where).id())
                    .with("principal", desk.directory().principal(first).id())
                    .toString();
            List<JsonObject> both = desk.server().list(address).stream()
                    .filter(entry -> permissions.contains(Output.text(entry, "permission")))
                    .toList();
            String effect = deny ? "deny" : "allow";
            List<JsonObject> meant = both.stream()
                    .filter(entry -> Output.text(entry, "effect").equals(effect))
                    .toList();
            if (meant.isEmpty()) {
                throw new CommandException(ExitCode.REFUSED, both.isEmpty() ? NONE : NONE + other());
            }
            return meant;
        }

        /** What is there instead is named, so that nobody looks for it elsewhere. */
        private String other() {
            return deny ? "; there is one that allows: leave --deny out" : "; there is one that denies: say --deny";
        }
    }

    @Command(name = "permissions", header = "List the permissions that there are.")
    static final class Permissions extends ServerAction {

        @Override
        int run(Desk desk) throws CommandException {
            JsonObject catalogue = desk.server().get("/api/permissions");
            Table table = new Table("PERMISSION", "KIND", "WHAT IT IS");
            Output.objects(catalogue, "items")
                    .forEach(each -> table.add(
                            Output.text(each, "code"),
                            Output.text(each, "kind"),
                            Output.text(each, "text")
                                    + (each.getBoolean("used", true) ? "" : " (not used by this version)")));
            return desk.lines(catalogue, table.lines());
        }
    }
}

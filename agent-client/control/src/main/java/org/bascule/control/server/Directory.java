package org.bascule.control.server;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a person means: by id, by a name that is unique, or by a path such as {@code /Customers/North/pump-1}. A kind before it, as in {@code group:Service},
 * leaves out the other kinds.
 *
 * <p>A path begins at a topmost folder that the caller sees, whose own name may be left out; a slash within a name cannot be written, such a thing is named by its id.
 * A few searches find it, whatever the depth of the path and the number of devices. Nothing is guessed: what fits more than one thing is refused with their ids.
 */
public final class Directory {

    private static final String ME = "me";
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final int MAX_DEPTH = 100;
    private static final int MAX_SHOWN = 10;

    /** The server takes searches of 200 characters. */
    private static final int MAX_PIECES = 3;

    private static final int MAX_PIECE = 60;

    private final AccessServer server;

    public Directory(AccessServer server) {
        this.server = server;
    }

    public Thing folder(String reference) throws CommandException {
        return one(reference, EnumSet.of(Kind.FOLDER));
    }

    public Thing device(String reference) throws CommandException {
        return one(reference, EnumSet.of(Kind.DEVICE));
    }

    /** Also as {@code pump-1/plc-1}: what names a device, a slash, and the name behind it. */
    public Thing subDevice(String reference) throws CommandException {
        EnumSet<Kind> kinds = EnumSet.of(Kind.SUB_DEVICE);
        int slash = reference.lastIndexOf('/');
        if (slash <= 0 || reference.startsWith("/")) {
            return one(reference, kinds);
        }
        String name = reference.substring(slash + 1);
        Thing device = device(reference.substring(0, slash));
        return only(
                things(Kind.SUB_DEVICE, withName(name, server.list(device.path() + "/sub-devices"))), reference, kinds);
    }

    /** {@code me} is the caller, who need not see users for that. */
    public Thing user(String reference) throws CommandException {
        if (reference.equals(ME)) {
            return new Thing(Kind.USER, text(member(server.get("/api/me"), "user"), "id"), "");
        }
        return one(reference, EnumSet.of(Kind.USER));
    }

    public Thing group(String reference) throws CommandException {
        return one(reference, EnumSet.of(Kind.GROUP));
    }

    /** A user or a group, {@code me} as above. Named by its id it is shown as a user, which makes no difference to the API. */
    public Thing principal(String reference) throws CommandException {
        if (reference.equals(ME)) {
            return user(reference);
        }
        return one(reference, EnumSet.of(Kind.USER, Kind.GROUP));
    }

    /** Anything that permissions can be set on; by name alone everything but a sub-device. Named by its id it is shown as a folder. */
    public Thing resource(String reference) throws CommandException {
        return one(reference, EnumSet.allOf(Kind.class));
    }

    private Thing one(String reference, Set<Kind> wanted) throws CommandException {
        String rest = reference;
        Set<Kind> kinds = wanted;
        int colon = reference.indexOf(':');
        for (Kind kind : wanted) {
            if (colon > 0 && reference.substring(0, colon).equals(kind.text())) {
                kinds = EnumSet.of(kind);
                rest = reference.substring(colon + 1);
            }
        }
        if (ID.matcher(rest).matches()) {
            return new Thing(kinds.iterator().next(), rest, "");
        }
        return only(rest.startsWith("/") ? atPath(rest, kinds) : named(rest, kinds), rest, kinds);
    }

    private static Thing only(List<Thing> found, String reference, Set<Kind> kinds) throws CommandException {
        String what = kinds.stream().map(Kind::text).collect(Collectors.joining(" or "));
        String name = Printable.of(reference);
        if (found.isEmpty()) {
            throw new CommandException(ExitCode.REFUSED, "there is no %s '%s' that you may see".formatted(what, name));
        }
        if (found.size() > 1) {
            String each =
                    found.stream().limit(MAX_SHOWN).map(Directory::described).collect(Collectors.joining(", "));
            throw new CommandException(
                    ExitCode.REFUSED,
                    "'%s' means %d things: use one of the ids: %s%s"
                            .formatted(name, found.size(), each, found.size() > MAX_SHOWN ? ", …" : ""));
        }
        return found.get(0);
    }

    private static String described(Thing thing) {
        return Printable.of(
                thing.kind().text() + " " + thing.id() + (thing.place().isEmpty() ? "" : " in " + thing.place()));
    }

    // ---- by name ----

    private List<Thing> named(String name, Set<Kind> kinds) throws CommandException {
        List<Thing> found = new ArrayList<>();
        for (Kind kind : kinds) {
            if (kind != Kind.SUB_DEVICE && !name.isBlank()) {
                String search = kind == Kind.DEVICE ? quoted(name) : name;
                found.addAll(things(kind, withName(name, server.list(kind.path() + "?q=" + Http.encode(search)))));
            }
        }
        return found;
    }

    /** A search for devices whose name holds the pieces of this one: in quotes, which cannot hold a quote themselves. */
    private static String quoted(String name) {
        String search = Arrays.stream(name.split("\"", -1))
                .filter(piece -> !piece.isBlank())
                .limit(MAX_PIECES)
                .map(piece -> '"' + piece.substring(0, Math.min(piece.length(), MAX_PIECE)) + '"')
                .collect(Collectors.joining(" "));
        return search.isEmpty() ? name : search;
    }

    private static List<JsonObject> withName(String name, List<JsonObject> rows) {
        return rows.stream().filter(row -> text(row, "name").equals(name)).toList();
    }

    private static List<Thing> things(Kind kind, List<JsonObject> rows) {
        return rows.stream()
                .map(row -> new Thing(kind, text(row, kind == Kind.DEVICE ? "uid" : "id"), place(kind, row)))
                .toList();
    }

    private static String place(Kind kind, JsonObject row) {
        return switch (kind) {
            case FOLDER ->
                namesOf(row.get("path")).stream().map(name -> "/" + name).collect(Collectors.joining());
            case DEVICE -> text(row, "folderName");
            case USER, GROUP -> text(member(row, "folder"), "name");
            case SUB_DEVICE -> "";
        };
    }

    // ---- by path ----

    private List<Thing> atPath(String path, Set<Kind> kinds) throws CommandException {
        List<String> names =
                Arrays.stream(path.split("/")).filter(name -> !name.isEmpty()).toList();
        if (names.size() > MAX_DEPTH) {
            throw new CommandException(ExitCode.USAGE, "a path has at most " + MAX_DEPTH + " names");
        }
        List<Thing> found = new ArrayList<>();
        if (kinds.contains(Kind.FOLDER)) {
            folders(names).forEach(id -> found.add(new Thing(Kind.FOLDER, id, "")));
        }
        if (!names.isEmpty() && !kinds.equals(EnumSet.of(Kind.FOLDER))) {
            String name = names.get(names.size() - 1);
            List<String> above = folders(names.subList(0, names.size() - 1));
            for (Kind kind : kinds) {
                found.addAll(
                        kind == Kind.SUB_DEVICE
                                ? subDevices(name, names.subList(0, names.size() - 1))
                                : in(above, kind, name));
            }
        }
        return found;
    }

    private List<Thing> in(List<String> folders, Kind kind, String name) throws CommandException {
        if (kind == Kind.FOLDER) {
            return List.of();
        }
        String search = Http.encode(kind == Kind.DEVICE ? quoted(name) : name);
        List<Thing> found = new ArrayList<>();
        for (String folder : folders) {
            List<JsonObject> rows =
                    withName(name, server.list(kind.path() + "?folder=" + Http.encode(folder) + "&q=" + search));
            // the list holds what is farther below as well
            found.addAll(things(
                    kind,
                    rows.stream()
                            .filter(row -> folderOf(kind, row).equals(folder))
                            .toList()));
        }
        return found;
    }

    private static String folderOf(Kind kind, JsonObject row) {
        return kind == Kind.DEVICE ? text(row, "folder") : text(member(row, "folder"), "id");
    }

    private List<Thing> subDevices(String name, List<String> device) throws CommandException {
        if (device.isEmpty()) {
            return List.of();
        }
        List<Thing> found = new ArrayList<>();
        List<String> above = folders(device.subList(0, device.size() - 1));
        for (Thing one : in(above, Kind.DEVICE, device.get(device.size() - 1))) {
            found.addAll(things(Kind.SUB_DEVICE, withName(name, server.list(one.path() + "/sub-devices"))));
        }
        return found;
    }

    /** One search for the last name; where the folders are is in the answer. */
    private List<String> folders(List<String> names) throws CommandException {
        if (names.isEmpty()) {
            return ids(server.list("/api/folders"));
        }
        String last = names.get(names.size() - 1);
        if (last.isBlank()) {
            return List.of();
        }
        return ids(server.list("/api/folders?q=" + Http.encode(last)).stream()
                .filter(folder -> isAt(folder, names))
                .toList());
    }

    private static boolean isAt(JsonObject folder, List<String> names) {
        List<String> full = new ArrayList<>(namesOf(folder.get("path")));
        full.add(text(folder, "name"));
        return full.equals(names) || full.subList(1, full.size()).equals(names);
    }

    private static List<String> namesOf(@Nullable JsonValue path) {
        return path instanceof JsonArray above
                ? above.stream()
                        .map(step -> step instanceof JsonObject named ? text(named, "name") : "")
                        .toList()
                : List.of();
    }

    private static List<String> ids(List<JsonObject> folders) {
        return folders.stream().map(folder -> text(folder, "id")).toList();
    }

    // ---- members of what a server says ----

    private static String text(JsonObject row, String member) {
        return row.get(member) instanceof JsonString string ? string.getString() : "";
    }

    private static JsonObject member(JsonObject row, String member) {
        return row.get(member) instanceof JsonObject object ? object : JsonValue.EMPTY_JSON_OBJECT;
    }
}

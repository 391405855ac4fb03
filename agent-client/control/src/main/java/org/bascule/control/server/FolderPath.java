package org.bascule.control.server;

import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;

/**
 * The place of a folder or device, as names below a topmost folder that the caller sees, whose own name may be left out. A slash within a name
 * cannot be written: such a thing is named by its id.
 */
record FolderPath(List<String> names) {

    private static final int MAX_DEPTH = 100;

    static FolderPath parse(String text) throws CommandException {
        List<String> names =
                Arrays.stream(text.split("/")).filter(name -> !name.isEmpty()).toList();
        if (names.size() > MAX_DEPTH) {
            throw new CommandException(ExitCode.USAGE, "a path has at most " + MAX_DEPTH + " names");
        }
        return new FolderPath(names);
    }

    /** The id of the folder. */
    String find(AccessServer server) throws CommandException {
        return one(folders(server), "folder");
    }

    /** The uid of the device whose name is the last of the path. */
    String findDevice(AccessServer server) throws CommandException {
        if (names.isEmpty()) {
            throw new CommandException(ExitCode.USAGE, "this path names no device");
        }
        String name = names.get(names.size() - 1);
        FolderPath above = new FolderPath(names.subList(0, names.size() - 1));
        List<String> uids = new ArrayList<>();
        for (String folder : above.folders(server)) {
            for (JsonObject device : server.list("/api/devices?folder=" + folder)) {
                if (device.getString("name", "").equals(name)
                        && device.getString("folder", "").equals(folder)) {
                    uids.add(device.getString("uid", ""));
                }
            }
        }
        return one(uids, "device");
    }

    private List<String> folders(AccessServer server) throws CommandException {
        List<JsonObject> top = server.list("/api/folders");
        List<String> found = new ArrayList<>(walk(server, ids(top), names));
        if (!names.isEmpty()) {
            found.addAll(walk(server, ids(named(top, names.get(0))), names.subList(1, names.size())));
        }
        return found.stream().distinct().toList();
    }

    private static List<String> walk(AccessServer server, List<String> from, List<String> names)
            throws CommandException {
        List<String> at = from;
        for (String name : names) {
            List<String> next = new ArrayList<>();
            for (String folder : at) {
                next.addAll(ids(named(server.list("/api/folders?parent=" + Http.encode(folder)), name)));
            }
            at = next;
        }
        return at;
    }

    private static List<JsonObject> named(List<JsonObject> folders, String name) {
        return folders.stream()
                .filter(folder -> folder.getString("name", "").equals(name))
                .toList();
    }

    private static List<String> ids(List<JsonObject> folders) {
        return folders.stream().map(folder -> folder.getString("id", "")).toList();
    }

    private String one(List<String> ids, String what) throws CommandException {
        String path = Printable.of("/" + String.join("/", names));
        if (ids.isEmpty()) {
            throw new CommandException(ExitCode.REFUSED, "there is no %s '%s' that you may see".formatted(what, path));
        }
        if (ids.size() > 1) {
            throw new CommandException(
                    ExitCode.REFUSED,
                    "%d %ss are at '%s': use one of the ids %s"
                            .formatted(
                                    ids.size(),
                                    what,
                                    path,
                                    Printable.of(String.join(
                                            ", ", ids.stream().limit(10).toList()))));
        }
        return ids.get(0);
    }
}

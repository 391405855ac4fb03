package org.bascule.control.command;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.function.Consumer;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Surroundings;
import org.bascule.control.server.AccessServer;
import org.bascule.control.server.Directory;
import org.bascule.control.server.Thing;
import org.bascule.wire.Json;

/**
 * Where a command that administers does its work: the server it asks, and whom it answers.
 *
 * <p>What prints returns the exit code {@link ExitCode#OK}.
 */
record Desk(Surroundings around, AccessServer server, Output output) {

    Directory directory() {
        return new Directory(server);
    }

    /** An object with {@code --json}, otherwise one sentence. */
    int print(JsonObject object, String sentence) {
        output.print(around, object, sentence);
        return ExitCode.OK.code();
    }

    /** An object, or its members one in a line. */
    int members(JsonObject object) {
        output.members(around, object);
        return ExitCode.OK.code();
    }

    /**
     * A list of the server, or a table of it, printed page by page as it comes.
     *
     * @param most so many rows at most
     * @param row adds an item to the table
     */
    int list(String path, int most, Table table, Consumer<JsonObject> row) throws CommandException {
        Rows rows = output.rows(around, table, row);
        server.pages(path, most, rows::add);
        rows.end();
        return ExitCode.OK.code();
    }

    /** All of it. */
    int list(String path, Table table, Consumer<JsonObject> row) throws CommandException {
        return list(path, Integer.MAX_VALUE, table, row);
    }

    /** A list, or a table of it. */
    int list(List<JsonObject> items, Table table) {
        output.list(around, items, table);
        return ExitCode.OK.code();
    }

    /** A list, or these lines about it. */
    int lines(List<JsonObject> items, List<String> lines) {
        output.list(around, items, lines);
        return ExitCode.OK.code();
    }

    /** An object, or these lines about it. */
    int lines(JsonObject object, List<String> lines) {
        output.print(around, object, String.join("\n", lines));
        return ExitCode.OK.code();
    }

    /** Changes one member of something. */
    JsonObject change(Thing thing, Version version, String member, JsonValue value) throws CommandException {
        String etag = version.of(server.get(thing.path()));
        return server.change(
                thing.path(),
                etag,
                Json.createObjectBuilder().add(member, value).build());
    }

    /**
     * Does something to what it concerns, if it is still what was meant.
     *
     * @param what the end of its address: {@code revoke}, …
     */
    void act(Thing thing, Version version, String what) throws CommandException {
        act(thing, version, server.get(thing.path()), what);
    }

    /** The same with what was read before. */
    void act(Thing thing, Version version, JsonObject found, String what) throws CommandException {
        server.act(thing.path() + "/" + what, version.of(found));
    }

    /** Something was done that has no answer. */
    int done(String id, String what) {
        output.done(around, id, what);
        return ExitCode.OK.code();
    }

    /** Goes on after "yes" or with {@code --yes}. */
    void confirm(boolean yes, String question) throws CommandException {
        Output.confirm(around, yes, question);
    }
}

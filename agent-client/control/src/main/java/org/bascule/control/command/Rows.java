package org.bascule.control.command;

import jakarta.json.JsonObject;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.bascule.control.CommandException;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;

/** A list that is printed page by page, of any length: a table, or one object with all of its items. */
final class Rows {

    private final Surroundings around;
    private final boolean json;
    private final Table table;
    private final Consumer<JsonObject> row;
    private String before = "{\"items\":[";

    /** @param row adds an item to the table */
    Rows(Surroundings around, boolean json, Table table, Consumer<JsonObject> row) {
        this.around = around;
        this.json = json;
        this.table = table;
        this.row = row;
    }

    void add(List<JsonObject> page) throws CommandException {
        if (json) {
            StringBuilder text = new StringBuilder();
            for (JsonObject item : page) {
                text.append(before).append(Printable.json(item.toString()));
                before = ",";
            }
            around.printPart(text.toString());
        } else {
            page.forEach(row);
            around.printPart(table.lines().stream().map(line -> line + "\n").collect(Collectors.joining()));
        }
    }

    /** Without it what was printed is no JSON: who reads it sees that the list is not whole. */
    void end() throws CommandException {
        if (json) {
            around.printPart((before.equals(",") ? "" : before) + "]}\n");
        }
    }
}

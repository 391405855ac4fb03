package org.bascule.control.command;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import org.bascule.control.server.AccessServer;
import org.bascule.control.server.Http;
import org.bascule.control.signin.Account;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes the directory say what a file says. */
@Command(
        name = "import",
        header = "Make the directory say what a file says, all of it or nothing.",
        description = {
            "What the file does not name stays as it is. With --dry-run every change is listed and none is made.",
            "Progress goes to standard error. Exit code 1 if a line cannot be done: each is told with line, column and reason, and nothing was changed."
        })
final class Import implements Action {

    private static final long MAX_SIZE = 64L << 20;
    private static final long WAIT_MILLIS = 500;

    @Parameters(paramLabel = "FILE", description = "what 'bascule export' wrote, or a file of that form")
    private Path file = Path.of("");

    @Option(names = "--dry-run", description = "list what would change and change nothing")
    private boolean dryRun;

    @Option(
            names = "--format",
            paramLabel = "csv|json",
            description = "how it is written (as the end of the file's name says, otherwise json)")
    private Export.@Nullable Format format;

    @Option(
            names = "--skip-unknown-devices",
            description = "leave out devices that are not there, such as those of another domain")
    private boolean skip;

    @Option(names = "--json", description = "print JSON: the import, with its changes in a dry run")
    private boolean json;

    @Override
    public int run(Surroundings around) throws CommandException {
        AccessServer server = new Account(around).server();
        JsonObject done = awaited(around, server, started(server));
        boolean failed = !done.getString("state", "").equals("done");
        List<JsonObject> changes = dryRun && !failed ? server.list(path(done) + "/changes") : List.of();
        if (json) {
            around.println(Printable.json(withChanges(done, changes).toString()));
        } else {
            print(around, done, changes);
        }
        return failed ? ExitCode.FAILED.code() : ExitCode.OK.code();
    }

    private JsonObject started(AccessServer server) throws CommandException {
        Export.Format read = format == null ? Export.Format.of(file) : format;
        String path = "/api/imports?format=%s&dryRun=%s&unknownDevices=%s"
                .formatted(read.name(), dryRun, skip ? "skip" : "refuse");
        try {
            if (Files.size(file) > MAX_SIZE) {
                throw new CommandException(
                        ExitCode.FAILED, Printable.of(file.toString()) + " has more than 64 MiB: import it in parts");
            }
            return server.upload(path, file, read.mediaType());
        } catch (IOException e) {
            throw new CommandException(ExitCode.FAILED, Printable.of(file.toString()) + " cannot be read", e);
        }
    }

    private static String path(JsonObject job) {
        return "/api/imports/" + Http.encode(job.getString("id", ""));
    }

    private static JsonObject awaited(Surroundings around, AccessServer server, JsonObject started)
            throws CommandException {
        JsonObject job = started;
        String told = "";
        while (job.getString("state", "").equals("running")) {
            String now = progress(job);
            if (!now.equals(told)) {
                around.warn(now);
                told = now;
            }
            pause();
            job = server.get(path(job));
        }
        return job;
    }

    private static String progress(JsonObject job) {
        String phase = Output.text(job, "phase");
        String total = Output.text(job, "total");
        return Printable.of(
                total.equals("0")
                        ? "%s: %s lines".formatted(phase, Output.text(job, "done"))
                        : "%s: %s of %s lines".formatted(phase, Output.text(job, "done"), total));
    }

    private static void pause() throws CommandException {
        try {
            Thread.sleep(WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(ExitCode.CONNECTION, "interrupted: the import goes on at the server", e);
        }
    }

    private static JsonObject withChanges(JsonObject job, List<JsonObject> changes) {
        JsonArrayBuilder items = Json.createArrayBuilder();
        changes.forEach(items::add);
        return Json.createObjectBuilder(job).add("items", items).build();
    }

    private void print(Surroundings around, JsonObject job, List<JsonObject> changes) {
        List<JsonObject> problems = job.getJsonArray("problems").getValuesAs(JsonObject.class);
        problems.forEach(problem -> around.warn(Printable.of(problem(problem))));
        if (!problems.isEmpty()) {
            around.warn("nothing was changed");
            return;
        }
        if (!changes.isEmpty()) {
            Table table = new Table("LINE", "ACTION", "KIND", "WHAT", "CHANGE");
            changes.forEach(change -> table.add(
                    Output.text(change, "line"),
                    Output.text(change, "action"),
                    Output.text(change, "kind"),
                    Output.text(change, "path"),
                    Output.text(change, "detail")));
            table.lines().forEach(around::println);
        }
        JsonObject counts = job.getJsonObject("changes");
        around.println("%s%s created, %s updated, %s moved, %s deleted, %s unchanged, %s skipped"
                .formatted(
                        dryRun ? "would be: " : "",
                        Output.text(counts, "created"),
                        Output.text(counts, "updated"),
                        Output.text(counts, "moved"),
                        Output.text(counts, "deleted"),
                        Output.text(counts, "unchanged"),
                        Output.text(counts, "skipped")));
    }

    private static String problem(JsonObject problem) {
        String line = Output.text(problem, "line");
        String column = Output.text(problem, "column");
        String place = line.equals("0") ? "" : "line " + line + (column.isEmpty() ? "" : ", column " + column) + ": ";
        return place + Output.text(problem, "reason");
    }
}

package org.bascule.control.command;

import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import org.bascule.control.signin.Account;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.Sha256;
import org.bascule.wire.WireException;
import org.bascule.wire.log.ExportReport;
import org.bascule.wire.log.ExportVerifier;
import org.bascule.wire.log.HeadLines;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The audit log as evidence: a copy, and its verification without the server. */
@Command(
        name = "audit",
        header = "The audit log of your domain: list, report, export, and verify an export without the server.",
        subcommands = {Audit.Listing.class, Audit.Report.class, Audit.Export.class, Audit.Verify.class})
final class Audit {

    private static CommandException failed(IOException e) {
        String message = "a file cannot be read: " + Printable.of(String.valueOf(e.getMessage()));
        if (e instanceof NoSuchFileException missing) {
            message = "there is no file " + Printable.of(missing.getFile());
        }
        return new CommandException(ExitCode.FAILED, message, e);
    }

    @Command(
            name = "list",
            header = "List the operations log, newest first.",
            description = "A page of the log may hold little of what is asked for: narrow it with --from and --to.")
    static final class Listing extends ServerAction {

        @Mixin
        private Period period = new Period();

        @Option(names = "--code", paramLabel = "CODE", description = "one operation, such as folder.create")
        private @Nullable String code;

        @Option(names = "--outcome", paramLabel = "OUTCOME", description = "success, denied or failed")
        private @Nullable String outcome;

        @Option(names = "--user", paramLabel = "USER", description = "by whom: " + References.USER)
        private @Nullable String user;

        @Option(names = "--resource", paramLabel = "RESOURCE", description = "about what: " + References.RESOURCE)
        private @Nullable String resource;

        @Option(
                names = "--most",
                paramLabel = "N",
                defaultValue = "50",
                description = "so many rows at most (${DEFAULT-VALUE})")
        private int most;

        @Parameters(arity = "0..1", paramLabel = "TEXT", description = "only rows with this text")
        private @Nullable String text;

        @Override
        int run(Desk desk) throws CommandException {
            Query query = period.of("/api/audit", desk.around().clock().instant())
                    .with("code", code)
                    .with("outcome", outcome)
                    .with("q", text);
            if (user != null) {
                query.with("user", desk.directory().user(user).id());
            }
            if (resource != null) {
                query.with("resource", desk.directory().resource(resource).id());
            }
            Table table = new Table("TIME", "USER", "OPERATION", "OUTCOME", "RESOURCE", "DETAIL");
            return desk.list(
                    query.toString(),
                    Math.max(1, most),
                    table,
                    row -> table.add(
                            Output.text(row, "time"),
                            Output.name(row, "user"),
                            Output.text(row, "code"),
                            Output.text(row, "outcome"),
                            Output.name(row, "resource"),
                            Output.text(row, "detail")));
        }
    }

    @Command(
            name = "report",
            header = "Sum the connections of a period by user and device, the longest first.",
            description =
                    "A session counts once and whole, when it was requested and where its device was then; of one that runs its time until now.")
    static final class Report extends ServerAction {

        @Option(
                names = "--from",
                required = true,
                paramLabel = "TIME",
                description = "requested not before: a time such as 2026-12-24T18:00:00Z")
        private String from = "";

        @Option(
                names = "--to",
                required = true,
                paramLabel = "TIME",
                description = "requested before: at most 366 days later")
        private String to = "";

        @Option(
                names = "--in",
                paramLabel = "FOLDER",
                description = "of devices that were in it or below (default: the whole domain): " + References.FOLDER)
        private @Nullable String folder;

        @Mixin
        private Most most = new Most();

        @Override
        int run(Desk desk) throws CommandException {
            Instant now = desk.around().clock().instant();
            Query query = new Query("/api/audit/report")
                    .with("from", Times.moment(from, now).toString())
                    .with("to", Times.moment(to, now).toString());
            if (folder != null) {
                query.with("folder", desk.directory().folder(folder).id());
            }
            Table table = new Table("USER", "DEVICE", "FOLDER", "SESSIONS", "SECONDS", "BYTES IN", "BYTES OUT");
            return desk.list(
                    query.toString(),
                    most.number(),
                    table,
                    line -> table.add(
                            Output.text(line, "user"),
                            Output.text(line, "device"),
                            Output.name(line, "folder"),
                            Output.text(line, "sessions"),
                            Output.text(line, "seconds"),
                            Output.text(line, "bytesIn"),
                            Output.text(line, "bytesOut")));
        }
    }

    @Command(
            name = "export",
            header = "Save the audit log with its tree.",
            description =
                    "Writes every sealed record, the signed heads between them, and what is not sealed yet, never over an existing file.")
    static final class Export implements Action {

        @Option(names = "--out", required = true, paramLabel = "FILE", description = "where the export goes")
        private Path out = Path.of("");

        @Option(
                names = "--installation",
                description =
                        "the tree of the installation, which holds the heads of yours; of those of other domains only the hashes")
        private boolean installation;

        @Override
        public int run(Surroundings around) throws CommandException {
            String tree = installation ? "/api/audit/installation/export" : "/api/audit/tree/export";
            NewFile.write(out, to -> new Account(around).server().download(tree, to));
            return ExitCode.OK.code();
        }
    }

    @Command(
            name = "verify",
            header = "Verify an export, offline.",
            description = {
                "Computes every leaf and every root anew and compares them with the signed heads. Names the first record that was changed, removed, "
                        + "inserted, moved or cut off. Exit code 6 if anything is wrong.",
                "An end that was cut off together with its heads, and a log that was written anew with the log key, are noticed only against heads "
                        + "that were kept elsewhere: give an earlier one, or the anchor file. It is a finding if none of them is of this tree."
            })
    static final class Verify implements Action {

        @Option(
                names = "--root",
                required = true,
                paramLabel = "HASH",
                description = "hash of the installation's root key, as 'bascule installation root' printed it")
        private String root = "";

        @Option(
                names = {"--heads", "--head"},
                paramLabel = "FILE",
                description = "signed heads from elsewhere, one as JSON on each line: an anchor file, or one head")
        private @Nullable Path heads;

        @Option(names = "--json", description = "print JSON")
        private boolean json;

        @Parameters(paramLabel = "EXPORT", description = "the file that 'bascule audit export' wrote")
        private Path export = Path.of("");

        @Override
        public int run(Surroundings around) throws CommandException {
            ExportReport report = report();
            (json ? List.of(json(report)) : text(report, heads != null)).forEach(around::println);
            return report.isGood() ? ExitCode.OK.code() : ExitCode.SECURITY.code();
        }

        private ExportReport report() throws CommandException {
            byte[] hash = rootHash();
            try (Reader in = reader(export);
                    Reader anchors = heads == null ? Reader.nullReader() : reader(heads)) {
                return new ExportVerifier(hash, heads == null ? HeadLines.none() : HeadLines.of(anchors)).verify(in);
            } catch (IOException e) {
                throw failed(e);
            }
        }

        private byte[] rootHash() throws CommandException {
            try {
                return B64.decode(root, Sha256.LENGTH);
            } catch (WireException e) {
                throw new CommandException(ExitCode.USAGE, "--root is not the hash of a key", e);
            }
        }

        private static Reader reader(Path file) throws IOException {
            return new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8);
        }

        private static List<String> text(ExportReport report, boolean isCompared) {
            List<String> lines = new ArrayList<>();
            lines.add("%s, tree %s: %d records"
                    .formatted(Printable.of(report.issuer()), Printable.of(report.tree()), report.size()));
            report.head()
                    .ifPresent(head ->
                            lines.add("newest head: %d records, signed at %s".formatted(head.size(), head.time())));
            if (report.expired() > 0) {
                lines.add(report.expired()
                        + " of them had expired and were removed by the operator; their hashes are there");
            }
            if (report.hidden() > 0) {
                lines.add(report.hidden() + " of them are heads of other domains, of which only the hashes are told");
            }
            if (report.unsealed() > 0) {
                lines.add(report.unsealed() + " more records had just been written and were not sealed yet");
            }
            note(lines, report.late(), "records were sealed more than an hour after they say they were made");
            note(lines, report.mended(), "records (audit.mend) say that others had been put past the log");
            if (isCompared) {
                lines.add("heads from elsewhere: %d of this tree compared".formatted(report.heads()));
            }
            lines.add(report.finding().map(Verify::sentence).orElse("good: nothing was changed"));
            return lines;
        }

        private static void note(List<String> lines, ExportReport.Noted noted, String what) {
            noted.first()
                    .ifPresent(
                            first -> lines.add("note: %d %s, first record %d".formatted(noted.count(), what, first)));
        }

        private static String sentence(ExportReport.Finding finding) {
            return "NOT GOOD: %s%s%s: %s"
                    .formatted(
                            finding.problem().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                            where(finding.seq(), finding.last()),
                            finding.id().isEmpty() ? "" : " (" + Printable.of(finding.id()) + ")",
                            Printable.of(finding.text()));
        }

        private static String where(OptionalLong first, OptionalLong last) {
            if (first.isEmpty()) {
                return "";
            }
            return first.equals(last) || last.isEmpty()
                    ? ", record " + first.getAsLong()
                    : ", records " + first.getAsLong() + " to " + last.getAsLong();
        }

        private static String json(ExportReport report) {
            JsonObjectBuilder json = Json.createObjectBuilder()
                    .add("good", report.isGood())
                    .add("issuer", report.issuer())
                    .add("tree", report.tree())
                    .add("size", report.size())
                    .add("expired", report.expired())
                    .add("hidden", report.hidden())
                    .add("unsealed", report.unsealed())
                    .add("late", report.late().count())
                    .add("mended", report.mended().count())
                    .add("headsCompared", report.heads());
            report.head().ifPresent(head -> json.add("head", head.toJson()));
            report.finding().ifPresent(finding -> {
                JsonObjectBuilder found = Json.createObjectBuilder()
                        .add("problem", finding.problem().name().toLowerCase(Locale.ROOT))
                        .add("id", finding.id())
                        .add("text", finding.text());
                finding.seq().ifPresent(seq -> found.add("seq", seq));
                finding.last().ifPresent(seq -> found.add("last", seq));
                json.add("finding", found);
            });
            return Printable.json(json.build().toString());
        }
    }
}

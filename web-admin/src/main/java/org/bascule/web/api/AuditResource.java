package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.audit.AuditFilter;
import org.bascule.domain.audit.AuditReader;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.logbook.Logbook;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.session.ConnectionReport;
import org.bascule.domain.transparency.SealingState;
import org.bascule.domain.transparency.SealingStates;
import org.bascule.domain.transparency.Transparency;
import org.bascule.domain.transparency.TreeExport;
import org.bascule.web.problem.ProblemException;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.log.LogProofs;
import org.bascule.wire.log.TreeHead;
import org.jspecify.annotations.Nullable;

/** {@code /api/audit}: the audit log of the domain, and its tree in the transparency log. Texts of the log are evidence and may be hostile. */
@Path("/audit")
@RequestScoped
public class AuditResource {

    private static final int KEYS = 2;
    private static final Duration MAX_REPORT = Duration.ofDays(366);

    static final List<String> COLUMNS = List.of(
            "seq",
            "id",
            "time",
            "code",
            "outcome",
            "userId",
            "userName",
            "resourceId",
            "resourceName",
            "address",
            "session",
            "detail",
            "changes");

    @Inject
    private CurrentCaller current;

    @Inject
    private Logbook logbook;

    @Inject
    private Transparency transparency;

    @Inject
    private SealingStates sealing;

    @Inject
    private TreeExport export;

    @Inject
    private AuditReader reader;

    @Inject
    private ConnectionReport connections;

    /** The filters that the list and the export share. */
    public static class Filters {
        @QueryParam("from")
        @Nullable
        String from;

        @QueryParam("to")
        @Nullable
        String to;

        @QueryParam("q")
        @Nullable
        String text;

        @QueryParam("code")
        @Nullable
        String code;

        @QueryParam("outcome")
        @Nullable
        String outcome;

        @QueryParam("user")
        @Nullable
        String user;

        @QueryParam("resource")
        @Nullable
        String resource;

        @QueryParam("device")
        @Nullable
        String device;

        @QueryParam("session")
        @Nullable
        String session;

        AuditFilter checked() {
            Outcome wanted = Parameters.code("outcome", outcome, Outcome::ofCode);
            String subject = Parameters.text("resource", resource);
            return new AuditFilter(
                    Parameters.time("from", from),
                    Parameters.time("to", to),
                    Parameters.text("q", text),
                    Parameters.text("code", code),
                    wanted == null ? null : wanted.code(),
                    Parameters.text("user", user),
                    subject == null ? Parameters.text("device", device) : subject,
                    Parameters.text("session", session));
        }
    }

    @GET
    public Response list(
            @BeanParam Filters filters,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        return Answers.ok(Answers.log(
                logbook.query(current.get(), filters.checked(), Parameters.cursor(cursor, KEYS, limit)),
                KEYS,
                AuditResource::json));
    }

    static JsonObjectBuilder json(AuditEntry entry) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("id", entry.id())
                .add("time", entry.time().toString())
                .add("code", entry.code())
                .add("outcome", entry.outcome());
        named(json, "user", entry.userId(), entry.userName());
        named(json, "resource", entry.resourceId(), entry.resourceName());
        Answers.put(json, "address", entry.address());
        Answers.put(json, "detail", entry.detail());
        Answers.put(json, "session", entry.sid());
        Answers.object(json, "changes", entry.changes());
        return number(json, entry.seq());
    }

    private static JsonObjectBuilder number(JsonObjectBuilder json, @Nullable Long seq) {
        return seq == null ? json.addNull("seq") : json.add("seq", seq);
    }

    private static void named(JsonObjectBuilder json, String member, @Nullable String id, @Nullable String name) {
        if (id == null && name == null) {
            json.addNull(member);
        } else {
            json.add(member, Answers.named(id, name));
        }
    }

    /** The same rows as a file: flat, so that both forms have the same columns. */
    @GET
    @Path("/export")
    public Response export(@BeanParam Filters filters, @QueryParam("format") @Nullable String format)
            throws RefusedException {
        Caller caller = current.get();
        AuditFilter filter = filters.checked();
        boolean csv = isCsv(format);
        logbook.exporting(caller, "audit log as " + (csv ? "CSV" : "JSON") + ": " + filter);
        Streams.Rows rows = new Pages<>(after -> logbook.export(caller, filter, after), AuditResource::flat);
        return csv ? Streams.csv("audit", COLUMNS, rows) : Streams.json("audit", rows);
    }

    static boolean isCsv(@Nullable String format) {
        return Boolean.TRUE.equals(Parameters.code("format", format == null ? "json" : format, text -> switch (text) {
            case "csv" -> Optional.of(true);
            case "json" -> Optional.of(false);
            default -> Optional.empty();
        }));
    }

    /** Goes from page to page of a list. */
    static final class Pages<T> implements Streams.Rows {
        private final Page<T> source;
        private final Function<T, JsonObject> form;
        private List<String> after = List.of();
        private boolean ended;

        interface Page<T> {
            Slice<T> behind(List<String> position) throws RefusedException;
        }

        Pages(Page<T> source, Function<T, JsonObject> form) {
            this.source = source;
            this.form = form;
        }

        @Override
        public Optional<List<JsonObject>> next() throws RefusedException {
            if (ended) {
                return Optional.empty();
            }
            Slice<T> slice = source.behind(after);
            ended = slice.next() == null;
            after = Cursor.checked(slice.next(), KEYS, 1).position();
            return Optional.of(slice.items().stream().map(form).toList());
        }
    }

    static JsonObject flat(AuditEntry entry) {
        JsonObjectBuilder json = number(Json.createObjectBuilder(), entry.seq())
                .add("id", entry.id())
                .add("time", entry.time().toString())
                .add("code", entry.code())
                .add("outcome", entry.outcome());
        Answers.put(json, "userId", entry.userId());
        Answers.put(json, "userName", entry.userName());
        Answers.put(json, "resourceId", entry.resourceId());
        Answers.put(json, "resourceName", entry.resourceName());
        Answers.put(json, "address", entry.address());
        Answers.put(json, "session", entry.sid());
        Answers.put(json, "detail", entry.detail());
        Answers.object(json, "changes", entry.changes());
        return json.build();
    }

    /** Numbers of a period: connections below a folder, page by page, and with the first page operations of the domain. */
    @GET
    @Path("/report")
    public Response report(
            @QueryParam("from") @Nullable String from,
            @QueryParam("to") @Nullable String to,
            @QueryParam("folder") @Nullable String folder,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        Instant start = required("from", from);
        Instant end = required("to", to);
        if (!start.isBefore(end) || Duration.between(start, end).compareTo(MAX_REPORT) > 0) {
            throw ProblemException.invalid("to", "A report is about a period of at most 366 days.");
        }
        Caller caller = current.get();
        String below = Parameters.text("folder", folder);
        Cursor at = Parameters.cursor(cursor, ConnectionReport.KEYS, limit);
        var sums = connections.sums(caller, below, start, end, at);
        boolean counted = at.position().isEmpty() && below == null && logbook.mayRead(caller);
        var counts = counted ? reader.counts(caller.domainId(), start, end) : List.<AuditReader.Count>of();
        return Answers.ok(Answers.slice(sums.lines(), AuditResource::json)
                .add("from", start.toString())
                .add("to", end.toString())
                .add("restricted", sums.restricted())
                .add("operations", Answers.list(counts, AuditResource::json)));
    }

    private static Instant required(String name, @Nullable String text) {
        Instant time = Parameters.time(name, text);
        if (time == null) {
            throw ProblemException.invalid(name, "Needed.");
        }
        return time;
    }

    private static JsonObjectBuilder json(ConnectionReport.Sum sum) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("user", sum.userName())
                .add("userId", sum.userId())
                .add("device", sum.deviceName())
                .add("deviceUid", sum.deviceUid());
        UserResource.folder(json, sum.folder());
        return json.add("sessions", sum.sessions())
                .add("seconds", sum.seconds())
                .add("bytesIn", sum.bytesIn())
                .add("bytesOut", sum.bytesOut());
    }

    private static JsonObjectBuilder json(AuditReader.Count count) {
        return Json.createObjectBuilder()
                .add("code", count.code())
                .add("outcome", count.outcome())
                .add("number", count.number());
    }

    /** The newest signed head of the domain's tree. Everybody who is signed in may keep it. */
    @GET
    @Path("/head")
    public Response head() throws RefusedException {
        return Answers.json(200, transparency.head(current.get()).toJson().toString());
    }

    @GET
    @Path("/heads")
    public Response heads(@QueryParam("cursor") @Nullable String cursor, @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        Slice<TreeHead> heads = transparency.heads(current.get(), Parameters.cursor(cursor, 1, limit));
        return Answers.ok(Answers.slice(heads, head -> Json.createObjectBuilder(head.toJson())));
    }

    /** Whether the log is sealed as it should be, and if not why. */
    @GET
    @Path("/sealing")
    public Response sealing() throws RefusedException {
        Caller caller = current.get();
        return Answers.ok(json(sealing.ofDomain(caller)).add("installation", json(sealing.ofInstallation(caller))));
    }

    private static JsonObjectBuilder json(SealingState state) {
        JsonObjectBuilder json = Json.createObjectBuilder().add("sealed", state.sealed());
        Answers.put(json, "head", state.head());
        Answers.put(json, "waitingSince", state.waitingSince());
        json.add("waitingSeconds", state.waited().toSeconds()).add("missing", state.missing());
        Answers.put(
                json,
                "stopped",
                state.stopped() == null ? null : state.stopped().code());
        return json;
    }

    @GET
    @Path("/proof/inclusion")
    public Response inclusion(@QueryParam("id") @Nullable String id, @QueryParam("size") @Nullable String size)
            throws RefusedException {
        Transparency.Inclusion proof = transparency.inclusion(
                current.get(), String.valueOf(Parameters.text("id", id)), Parameters.size("size", size));
        return Answers.ok(Json.createObjectBuilder()
                .add("index", proof.index())
                .add("size", proof.size())
                .add("leaf", B64.encode(proof.leaf()))
                .add("path", LogProofs.hashes(proof.path())));
    }

    /** That the tree of one size is the beginning of that of another: hashes alone, so everybody who is signed in may ask. */
    @GET
    @Path("/proof/consistency")
    public Response consistency(
            @QueryParam("first") @Nullable String first, @QueryParam("second") @Nullable String second)
            throws RefusedException {
        List<byte[]> path = transparency.consistency(
                current.get(), Parameters.size("first", first), Parameters.size("second", second));
        return Answers.ok(Json.createObjectBuilder().add("path", LogProofs.hashes(path)));
    }

    /** The whole tree with its records and heads, for {@code bascule audit verify}. */
    @GET
    @Path("/tree/export")
    public Response tree() throws RefusedException {
        Caller caller = current.get();
        logbook.exporting(caller, "the tree of the audit log");
        TreeHead head = export.head(caller.domainId());
        return file("audit-tree.jsonl", out -> treeFile(caller).domain(out, head));
    }

    /** The tree of the installation in the same form; of what it holds about other domains only the hashes. */
    @GET
    @Path("/installation/export")
    public Response installation() throws RefusedException {
        Caller caller = current.get();
        logbook.exporting(caller, "the tree of the installation");
        TreeHead head = export.installationHead();
        return file("installation-tree.jsonl", out -> treeFile(caller).installation(out, head));
    }

    private TreeFile treeFile(Caller caller) {
        return new TreeFile(logbook, export, caller);
    }

    private static Response file(String name, Streams.Body body) {
        return Streams.file(name, "application/x-ndjson", body);
    }
}

package org.bascule.domain.transfer;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.Sentence;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;

/** Rows of imports. A job is its user's alone; an API token reads those that it began, for what others list may be more than it is allowed. */
@Stateless
public class ImportJobs {

    /** Without a sign of life for so long, it has ended. Its node gives one every ten seconds; the rest is for clocks that differ. */
    static final Duration SILENT = Duration.ofSeconds(60);

    private static final Sentence INTERRUPTED =
            Sentence.of("The server was stopped during the import. Nothing was changed.");
    private static final Duration KEPT = Duration.ofDays(30);
    private static final int MAX_PATH = 1_000;
    private static final int MAX_DETAIL = 4_000;

    private static final String VIEW =
            """
            select id, format, dry_run, state, phase, done, total, created_things, updated_things, moved_things, deleted_things,
              unchanged_things, skipped_things, problems, created, finished
            from import_job where domain_id = :domain and id = :id and user_id = :user and (:token is null or token_id = :token)""";

    @Inject
    Sql sql;

    @Inject
    Clock clock;

    @Inject
    Event<LiveEvent> live;

    /** Domains of which an import is under way. */
    public List<String> running() {
        return sql.acrossDomains()
                .statement("select domain_id from import_job where state = 'running'")
                .list(row -> row.text(1));
    }

    /** Adds one, and removes those of long ago. */
    public void add(Caller caller, String id, ImportRequest request) {
        sql.in(caller.domainId())
                .statement("delete from import_job where domain_id = :domain and created < :before")
                .set("before", clock.instant().minus(KEPT))
                .update();
        sql.in(caller.domainId())
                .statement(
                        """
                        insert into import_job (id, domain_id, user_id, token_id, format, dry_run, state, phase, created, alive)
                        values (:id, :domain, :user, :token, :format, :dry, 'running', 'reading', :now, :now)""")
                .set("id", id)
                .set("user", caller.userId())
                .set("token", caller.credential().tokenId())
                .set("format", request.format().code())
                .set("dry", request.dryRun())
                .set("now", clock.instant())
                .update();
    }

    /** Tells how far it is. */
    public void progress(Caller caller, String id, String phase, long done, long total) {
        sql.in(caller.domainId())
                .statement(
                        """
                        update import_job set phase = :phase, done = :done, total = :total, alive = :now
                        where domain_id = :domain and id = :id and state = 'running'""")
                .set("phase", phase)
                .set("done", done)
                .set("total", total)
                .set("now", clock.instant())
                .set("id", id)
                .update();
        live.fire(new LiveEvent.ImportChanged(
                caller.domainId(), id, caller.userId(), caller.credential().tokenId(), "running", done, total));
    }

    /**
     * Stores a portion of what it changes, in order. Until the transaction ends, its sign of life waits: the foreign key locks the row of the job.
     *
     * @param first number of the first of them
     */
    public void changes(Caller caller, String id, int first, List<ImportChange> changes) {
        record Numbered(int number, ImportChange change) {}
        List<Numbered> rows = new ArrayList<>();
        changes.forEach(change -> rows.add(new Numbered(first + rows.size(), change)));
        sql.in(caller.domainId())
                .statement(
                        """
                        insert into import_change (job_id, number, domain_id, line, action, kind, path, detail)
                        values (:id, :number, :domain, :line, :action, :kind, :path, :detail)""")
                .set("id", id)
                .updateEach(rows, (row, one) -> row.set("number", one.number())
                        .set("line", one.change().line())
                        .set("action", one.change().action())
                        .set("kind", one.change().kind())
                        .set("path", cut(one.change().path(), MAX_PATH))
                        .set("detail", cut(one.change().detail(), MAX_DETAIL)));
    }

    private static String cut(String text, int max) {
        return text.length() <= max ? text : text.substring(0, max - 1) + "…";
    }

    /**
     * It has ended well.
     *
     * @throws IllegalStateException if it was given up meanwhile: nothing of it may stay
     */
    public void done(Caller caller, String id, long total, ImportView.Counts counts) {
        int ended = sql.in(caller.domainId())
                .statement(
                        """
                        update import_job set state = 'done', phase = 'ended', done = :total, total = :total, created_things = :created,
                          updated_things = :updated, moved_things = :moved, deleted_things = :deleted, unchanged_things = :unchanged,
                          skipped_things = :skipped, finished = :now
                        where domain_id = :domain and id = :id and state = 'running'""")
                .set("total", total)
                .set("created", counts.created())
                .set("updated", counts.updated())
                .set("moved", counts.moved())
                .set("deleted", counts.deleted())
                .set("unchanged", counts.unchanged())
                .set("skipped", counts.skipped())
                .set("now", clock.instant())
                .set("id", id)
                .update();
        if (ended == 0) {
            throw new IllegalStateException("the import was given up meanwhile");
        }
        live.fire(new LiveEvent.ImportChanged(
                caller.domainId(), id, caller.userId(), caller.credential().tokenId(), "done", total, total));
    }

    /** It has ended without changing anything. */
    public void failed(Caller caller, String id, List<ImportProblem> problems) {
        sql.in(caller.domainId())
                .statement(
                        """
                        update import_job set state = 'failed', phase = 'ended', problems = :problems, finished = :now
                        where domain_id = :domain and id = :id and state = 'running'""")
                .set("problems", json(problems))
                .set("now", clock.instant())
                .set("id", id)
                .update();
        live.fire(new LiveEvent.ImportChanged(
                caller.domainId(), id, caller.userId(), caller.credential().tokenId(), "failed", 0, 0));
    }

    private static String json(List<ImportProblem> problems) {
        JsonArrayBuilder json = Json.createArrayBuilder();
        problems.forEach(problem -> json.add(Json.createObjectBuilder()
                .add("line", problem.line())
                .add("column", problem.column())
                .add("reason", problem.reason())
                .add("sentence", problem.sentence().json())));
        return json.build().toString();
    }

    /** These are under way on this node. */
    public void areAlive(Collection<String> ids) {
        if (!ids.isEmpty()) {
            sql.acrossDomains()
                    .statement("update import_job set alive = :now where id in (:ids) and state = 'running'")
                    .set("now", clock.instant())
                    .set("ids", ids)
                    .update();
        }
    }

    /** What no node has spoken of for a while ended with the process that it ran in, and was rolled back. Waits for none of the others. */
    public void failSilent() {
        Instant limit = clock.instant().minus(SILENT);
        List<String> silent = sql.acrossDomains()
                .statement("select id from import_job where state = 'running' and coalesce(alive, created) < :limit")
                .set("limit", limit)
                .list(row -> row.text(1));
        if (!silent.isEmpty()) {
            sql.acrossDomains()
                    .statement(
                            """
                            update import_job set state = 'failed', phase = 'ended', problems = :problems, finished = :now
                            where id in (:ids) and state = 'running' and coalesce(alive, created) < :limit""")
                    .set("problems", json(List.of(new ImportProblem(0, "", INTERRUPTED))))
                    .set("now", clock.instant())
                    .set("ids", silent)
                    .set("limit", limit)
                    .update();
        }
    }

    public Optional<ImportView> find(Caller caller, String id) {
        return sql.in(caller.domainId())
                .statement(VIEW)
                .set("id", id)
                .set("user", caller.userId())
                .set("token", caller.credential().tokenId())
                .first(ImportJobs::view);
    }

    private static ImportView view(Row row) {
        return new ImportView(
                row.text(1),
                row.text(2),
                row.flag(3),
                row.text(4),
                row.text(5),
                row.number(6),
                row.number(7),
                new ImportView.Counts(
                        row.number(8), row.number(9), row.number(10), row.number(11), row.number(12), row.number(13)),
                problems(row.textOrNull(14)),
                row.instant(15),
                row.instantOrNull(16));
    }

    private static List<ImportProblem> problems(@Nullable String json) {
        if (json == null) {
            return List.of();
        }
        try (JsonReader reader = Json.createReader(new StringReader(json))) {
            return reader.readArray().getValuesAs(JsonObject.class).stream()
                    .map(problem -> new ImportProblem(
                            problem.getJsonNumber("line").longValue(),
                            problem.getString("column"),
                            // a server of before kept the English alone
                            problem.containsKey("sentence")
                                    ? Sentence.stored(problem.getJsonObject("sentence"))
                                    : Sentence.plain(problem.getString("reason"))))
                    .toList();
        }
    }

    /** One page of its changes. */
    public Slice<ImportChange> changes(Caller caller, String id, Cursor cursor, int after) {
        record Numbered(String number, ImportChange change) {}
        List<Numbered> rows = sql.in(caller.domainId())
                .statement(
                        """
                        select number, line, action, kind, path, detail from import_change
                        where domain_id = :domain and job_id = :id and number > :after order by number limit :rows""")
                .set("id", id)
                .set("after", after)
                .set("rows", cursor.fetch())
                .list(row -> new Numbered(
                        row.text(1),
                        new ImportChange(row.number(2), row.text(3), row.text(4), row.text(5), row.text(6))));
        Slice<Numbered> page = cursor.slice(rows, row -> List.of(row.number()));
        return new Slice<>(page.items().stream().map(Numbered::change).toList(), page.next());
    }
}

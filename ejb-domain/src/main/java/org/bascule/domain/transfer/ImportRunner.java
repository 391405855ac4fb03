package org.bascule.domain.transfer;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Inject;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bascule.domain.acl.Delegation;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.DatabaseException;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.options.Options;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.refusal.Sentence;
import org.bascule.domain.relay.LiveRelay;
import org.bascule.domain.relay.RelayDirectory;
import org.bascule.domain.transfer.Plan.Action;

/**
 * Does an import on a thread of its own: reads the file, then plans and writes in one transaction, with which the job ends too. How far it is, is
 * written beside it. A dry run does the same and takes it back, so that it finds what only the database can know. If the server dies on the way, the database takes back
 * what was written, and the job, which nobody speaks of any more, is told to have failed.
 */
@ApplicationScoped
public class ImportRunner {

    private static final Logger LOG = System.getLogger(ImportRunner.class.getName());

    private static final int STEP = 10_000;

    /** Of changes, so that the job can give a sign of life in between. */
    static final int PORTION = 1_000;

    /** Jobs that run on this node. */
    private final Set<String> running = ConcurrentHashMap.newKeySet();

    @Inject
    Background background;

    @Inject
    Transactions transactions;

    @Inject
    ImportJobs jobs;

    @Inject
    StateReader reader;

    @Inject
    PlanWriter writer;

    @Inject
    Options options;

    @Inject
    RelayDirectory relays;

    @Inject
    Delegation delegation;

    @Inject
    Clock clock;

    @Inject
    AuditLog audit;

    @Inject
    Sql sql;

    @Inject
    Uuid7 ids;

    /** Takes the file and begins. */
    public void queued(@Observes(during = TransactionPhase.AFTER_SUCCESS) ImportQueued job) {
        Path taken = job.file().resolveSibling(job.file().getFileName() + "-taken");
        try {
            Files.move(job.file(), taken);
        } catch (IOException e) {
            LOG.log(Level.ERROR, "an upload could not be taken: " + job.file(), e);
        }
        ImportQueued own = new ImportQueued(job.id(), job.caller(), job.request(), taken);
        running.add(job.id());
        try {
            background.run(() -> run(own));
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "an import could not be begun: " + job.id(), e);
            end(own);
        }
    }

    /** Says what goes on here, and ends what nobody has spoken of any more. To be called every ten seconds. */
    public void watch() {
        transactions.inNew(() -> {
            jobs.areAlive(List.copyOf(running));
            return true;
        });
        transactions.inNew(() -> {
            jobs.failSilent();
            return true;
        });
    }

    private void run(ImportQueued job) {
        Problems problems = new Problems();
        try {
            List<Line> lines = read(job, problems);
            if (problems.isEmpty()) {
                planAndWrite(job, lines, problems);
            }
        } catch (RefusedException e) {
            problems.tell(0, "", e.sentence());
        } catch (Throwable e) {
            // an Error too: whoever waits for the job is to hear of it
            LOG.log(Level.ERROR, "an import failed: " + job.id(), e);
            problems.tell(0, "", reason(e));
        }
        try {
            if (!problems.isEmpty()) {
                fail(job, problems);
            }
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "that an import failed could not be stored yet: " + job.id(), e);
        } finally {
            end(job);
        }
    }

    private void end(ImportQueued job) {
        TransferFiles.delete(job.file());
        running.remove(job.id());
    }

    /** The container wraps what the database said. */
    private static Sentence reason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof DatabaseException e && (e.isDuplicate() || e.isDeadlock())) {
                return Sentence.of(
                        "The directory was changed while the import went on. Nothing was changed by it: start it again.");
            }
            if (cause instanceof DatabaseException e && e.isTimeout()) {
                return Sentence.of("The directory was in use for too long. Nothing was changed: start it again later.");
            }
        }
        return Sentence.of("Something went wrong on the server. Nothing was changed.");
    }

    private List<Line> read(ImportQueued job, Problems problems) throws IOException {
        List<Line> lines = new ArrayList<>();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(job.file()))) {
            LineReader.read(job.request().format(), in, problems, line -> {
                lines.add(line);
                if (lines.size() % STEP == 0) {
                    progress(job, "reading", lines.size(), 0);
                }
            });
        }
        return lines;
    }

    private void progress(ImportQueued job, String phase, long done, long total) {
        transactions.inNew(() -> {
            jobs.progress(job.caller(), job.id(), phase, done, total);
            return true;
        });
    }

    private void planAndWrite(ImportQueued job, List<Line> lines, Problems problems) throws Exception {
        List<Plan> made = new ArrayList<>();
        try {
            transactions.<Boolean, Exception>inNew(() -> {
                Plan plan = plan(job, lines, problems);
                made.add(plan);
                if (!problems.isEmpty() || job.request().dryRun()) {
                    throw new TakenBackException();
                }
                finish(job, lines, plan);
                return true;
            });
        } catch (TakenBackException e) {
            if (problems.isEmpty()) {
                transactions.inNew(() -> {
                    jobs.done(job.caller(), job.id(), lines.size(), counts(made.get(0)));
                    return true;
                });
            }
        }
    }

    private Plan plan(ImportQueued job, List<Line> lines, Problems problems) throws RefusedException {
        Caller caller = job.caller();
        progress(job, "checking", 0, lines.size());
        long rightsVersion = sql.in(caller.domainId())
                .statement("select rights_version from domain_version where domain_id = :domain")
                .number();
        DirectoryState state = reader.read(caller);
        reader.readDevices(caller, state, devicesIn(lines, Kind.values()));
        reader.readSubDevices(caller, state, devicesIn(lines, Kind.SUB_DEVICE));
        Draft draft = new Draft(
                caller,
                state,
                new Grants(delegation, caller, clock.instant()),
                ids,
                job.request().skipUnknownDevices(),
                problems);
        Set<String> known = relays.all().stream().map(LiveRelay::id).collect(Collectors.toSet());
        Plan plan = new Planner(draft, options.read(caller), known)
                .plan(lines, done -> progress(job, "checking", done, lines.size()));
        if (problems.isEmpty()) {
            store(job, plan.changes);
            if (!plan.isEmpty()) {
                progress(job, "writing", 0, lines.size());
                writer.write(caller, plan, rightsVersion);
            }
        }
        return plan;
    }

    private void store(ImportQueued job, List<ImportChange> changes) {
        for (int from = 0; from < changes.size(); from += PORTION) {
            int first = from;
            List<ImportChange> portion = changes.subList(first, Math.min(first + PORTION, changes.size()));
            transactions.inNew(() -> {
                jobs.changes(job.caller(), job.id(), first, portion);
                return true;
            });
        }
    }

    private void finish(ImportQueued job, List<Line> lines, Plan plan) {
        Caller caller = job.caller();
        ImportView.Counts counts = counts(plan);
        audit.record(caller.did(Operation.IMPORTED, Outcome.SUCCESS)
                .on(caller.domainId(), caller.domainName())
                .saying("%d created, %d updated, %d moved, %d deleted, %d unchanged, %d skipped"
                        .formatted(
                                counts.created(),
                                counts.updated(),
                                counts.moved(),
                                counts.deleted(),
                                counts.unchanged(),
                                counts.skipped())));
        jobs.done(caller, job.id(), lines.size(), counts);
    }

    /** Ids that devices are named by in lines of some kinds. */
    private static List<String> devicesIn(List<Line> lines, Kind... kinds) {
        Set<Kind> wanted = Set.of(kinds);
        return lines.stream()
                .filter(line -> wanted.contains(line.kind()))
                .flatMap(ImportRunner::deviceOf)
                .map(id -> id.toLowerCase(Locale.ROOT))
                .filter(Uuid7::isUuid)
                .distinct()
                .toList();
    }

    private static Stream<String> deviceOf(Line line) {
        if (line.kind() == Kind.DEVICE) {
            return line.value(Column.ID).stream();
        }
        return line.value(Column.RESOURCE).stream()
                .filter(text -> text.startsWith(References.DEVICE))
                .map(text -> text.substring(References.DEVICE.length()));
    }

    private static ImportView.Counts counts(Plan plan) {
        return new ImportView.Counts(
                plan.counted(Action.CREATE),
                plan.counted(Action.UPDATE),
                plan.counted(Action.MOVE),
                plan.counted(Action.DELETE),
                plan.counted(Action.UNCHANGED),
                plan.counted(Action.SKIP));
    }

    private void fail(ImportQueued job, Problems problems) {
        Caller caller = job.caller();
        transactions.inNew(() -> {
            jobs.failed(caller, job.id(), problems.list());
            audit.record(caller.did(Operation.IMPORTED, Outcome.FAILED)
                    .on(caller.domainId(), caller.domainName())
                    .saying(problems.list().get(0).reason()));
            return true;
        });
    }
}

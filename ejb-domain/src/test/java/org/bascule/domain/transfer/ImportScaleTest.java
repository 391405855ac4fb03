package org.bascule.domain.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.identity.Caller;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Requirement: 10,000 devices in one transaction with progress; fewer of them without {@code -Dbascule.scale=true}. Half of them go to other folders,
 * which the same file makes, and all get a description and tags.
 */
class ImportScaleTest extends Importing {

    private static final boolean SCALE = Boolean.getBoolean("bascule.scale");
    private static final int DEVICES = SCALE ? 10_000 : 2_500;
    private static final int FOLDERS = 200;
    private static final int NEW_FOLDERS = 20;
    private static final int LINES = DEVICES + 2 * NEW_FOLDERS;

    /** The last owner leaves: that is found when everything has been written. */
    private static final String LAST_OWNER = "entry,delete,,,,,folder:/,user:owner,manage-permissions,allow,true\n";

    private static final String NOWHERE = "entry,,,,,,folder:/nowhere,user:owner,terminal,allow,\n";

    /** What others see of the job, and how much of what it changes. */
    private record Seen(String phase, long done, long total, long changed) {}

    private final List<String> devices = new ArrayList<>();
    private final List<Seen> seen = new ArrayList<>();

    @BeforeEach
    void fill() {
        List<String> folders = new ArrayList<>();
        for (int i = 0; i < FOLDERS; i++) {
            String folder = folder(sample.root, "folder " + i);
            folders.add(folder);
            sample.entry(folder, sample.group(), Permission.TERMINAL, Effect.ALLOW);
        }
        for (int i = 0; i < DEVICES; i++) {
            devices.add(domain.ids.next());
        }
        List<Integer> numbers = IntStream.range(0, DEVICES).boxed().toList();
        domain.transactions.run(() -> {
            domain.sql
                    .in(sample.id)
                    .statement("insert into resource (id, domain_id, parent_id, kind, name, created)"
                            + " values (:id, :domain, :folder, 'device', :name, utc_timestamp())")
                    .updateEach(numbers, (row, i) -> row.set("id", devices.get(i))
                            .set("folder", folders.get(i % FOLDERS))
                            .set("name", "device " + i));
            domain.sql
                    .in(sample.id)
                    .statement("insert into device (id, domain_id, spki, thumbprint)"
                            + " values (:id, :domain, 'x', unhex(sha2(:id, 256)))")
                    .updateEach(devices, (row, device) -> row.set("id", device));
        });
        watch();
    }

    /** Asks on another connection whenever the import tells how far it is, and once more when it has written everything. */
    private void watch() {
        ImportRunner runner = domain.get(ImportRunner.class);
        runner.jobs = new Jobs(runner.jobs) {
            @Override
            public void progress(Caller caller, String id, String phase, long done, long total) {
                super.progress(caller, id, phase, done, total);
                seen.add(new Seen(phase, done, total, changedForOthers()));
            }

            @Override
            public void done(Caller caller, String id, long total, ImportView.Counts counts) {
                super.done(caller, id, total, counts);
                seen.add(new Seen("written", total, total, changedForOthers()));
            }
        };
    }

    private long changedForOthers() {
        return CompletableFuture.supplyAsync(() -> domain.sql
                        .in(sample.id)
                        .statement("select (select count(*) from resource where domain_id = :domain"
                                + " and (description is not null or name like 'new %' or version > 0))"
                                + " + (select count(*) from folder f where f.domain_id = :domain) - :folders")
                        .set("folders", FOLDERS + 1)
                        .number())
                .join();
    }

    @Test
    void manyDevicesAreOneTransactionThatTellsHowFarItIs() throws Exception {
        String wanted = wanted();
        Timed dry = run(wanted, true);
        assertThat(dry.view().counts())
                .isEqualTo(new ImportView.Counts(2 * NEW_FOLDERS, DEVICES / 2, DEVICES / 2, 0, 0, 0));
        assertThat(changedForOthers()).as("a dry run changes nothing").isZero();
        seen.clear();
        Timed applied = run(wanted, false);
        assertThat(applied.view().counts()).isEqualTo(dry.view().counts());
        assertThat(applied.view().done()).isEqualTo(LINES);
        assertThat(applied.view().total()).isEqualTo(LINES);
        assertProgress();
        assertThat(changedForOthers()).isEqualTo(DEVICES + 2 * NEW_FOLDERS);
        Timed again = run(wanted, false);
        assertThat(again.view().counts().unchanged()).isEqualTo(LINES);
        Duration export = export();
        System.out.printf(
                "%,d devices: dry run %d ms, import %d ms, the same again %d ms, export %d ms%n",
                DEVICES,
                dry.time().toMillis(),
                applied.time().toMillis(),
                again.time().toMillis(),
                export.toMillis());
        assertThat(applied.time()).isLessThan(Duration.ofMinutes(1));
    }

    private void assertProgress() {
        assertThat(seen)
                .extracting(Seen::changed)
                .as("seen by others before the end")
                .containsOnly(0L);
        assertThat(seen.stream().map(Seen::phase).distinct())
                .containsExactlyElementsOf(
                        SCALE
                                ? List.of("reading", "checking", "writing", "written")
                                : List.of("checking", "writing", "written"));
        List<Seen> checking =
                seen.stream().filter(one -> one.phase().equals("checking")).toList();
        assertThat(checking).extracting(Seen::total).containsOnly((long) LINES);
        List<Long> expected = new ArrayList<>();
        for (long done = 0; done <= LINES; done += 1_000) {
            expected.add(done);
        }
        assertThat(checking).extracting(Seen::done).containsExactlyElementsOf(expected);
    }

    @Test
    void aLastLineThatCannotBeDoneLeavesEverythingAsItWas() throws Exception {
        List<String> before = everything();
        ImportView refused = start(wanted() + NOWHERE, false);
        assertThat(refused.state()).isEqualTo("failed");
        assertThat(refused.problems()).extracting(ImportProblem::line).containsExactly(LINES + 2L);
        assertThat(everything()).isEqualTo(before);

        seen.clear();
        ImportView takenBack = start(wanted() + LAST_OWNER, false);
        assertThat(takenBack.state()).isEqualTo("failed");
        assertThat(takenBack.problems()).hasSize(1);
        assertThat(seen).extracting(Seen::phase).as("it went as far as that").contains("writing");
        assertThat(everything()).isEqualTo(before);
        assertThat(sample.audited(null).stream().map(AuditEntry::code))
                .as("that it failed, twice, and nothing else")
                .contains("directory.import")
                .doesNotContain("device.update", "device.move", "folder.create", "permission.add");
    }

    /** All rows that an import may change, with their versions. */
    private List<String> everything() {
        List<String> rows = new ArrayList<>();
        for (String select : List.of(
                "concat_ws('|', r.id, r.parent_id, r.name, r.description, r.inherit, r.version, d.tags) from resource r"
                        + " left join device d on d.id = r.id where r.domain_id = :domain",
                "concat_ws('|', id, resource_id, principal_id, permission, effect, version) from acl_entry where domain_id = :domain",
                "concat_ws('|', ancestor_id, descendant_id, depth) from folder_closure where domain_id = :domain",
                "concat_ws('|', rights_version, placement_version) from domain_version where domain_id = :domain")) {
            rows.addAll(domain.sql
                    .in(sample.id)
                    .statement("select " + select + " order by 1")
                    .list(row -> row.text(1)));
        }
        return rows;
    }

    private Duration export() throws Exception {
        long start = System.nanoTime();
        Path file = Files.createTempFile(Path.of("target"), "export", "");
        domain.transactions.run(() -> domain.get(Exports.class).write(owner, Format.CSV, file));
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        assertThat(Files.readAllLines(file).stream().filter(line -> line.startsWith("device,")))
                .hasSize(DEVICES);
        Files.delete(file);
        return time;
    }

    private static final String HEAD =
            "kind,action,id,path,description,tags,resource,principal,permission,effect,delegable\n";

    private String wanted() {
        StringBuilder text = new StringBuilder(HEAD);
        for (int i = 0; i < NEW_FOLDERS; i++) {
            text.append("folder,,,/new %d,,,,,,,\n".formatted(i));
        }
        for (int i = 0; i < DEVICES; i++) {
            String folder = i % 2 == 0 ? "folder " + i % FOLDERS : "new " + i % NEW_FOLDERS;
            text.append("device,,%s,/%s/device %d,number %d,scale;n%d,,,,,\n"
                    .formatted(devices.get(i), folder, i, i, i % 10));
        }
        for (int i = 0; i < NEW_FOLDERS; i++) {
            text.append("entry,,,,,,folder:/new %d,user:owner,terminal,allow,\n".formatted(i));
        }
        return text.toString();
    }

    private record Timed(ImportView view, Duration time) {}

    private Timed run(String text, boolean dryRun) throws Exception {
        long start = System.nanoTime();
        ImportView ended = start(text, dryRun);
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        assertThat(ended.problems()).isEmpty();
        return new Timed(ended, time);
    }

    private ImportView start(String text, boolean dryRun) throws Exception {
        return run(owner, new ImportRequest(Format.CSV, dryRun, false), text);
    }
}

package org.bascule.domain.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bascule.domain.directory.DeviceChange;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.directory.SubDevice;
import org.bascule.domain.directory.SubDevices;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.identity.Limits;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.options.Options;
import org.bascule.domain.options.OptionsView;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.people.Groups;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Imports as jobs: one at a time, watched, given up. */
class ImportJobsTest extends Importing {

    @Test
    void jobIsItsUsersAloneOneAtATimeAndFailedAfterARestart() throws RefusedException {
        ImportView done = csv(owner, "kind,path", "folder,/A");
        Caller other = sample.owner();
        for (String id : List.of(done.id(), "nonsense")) {
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> imports.find(other, id))
                    .matches(e -> e.problem() == Problem.NOT_FOUND);
        }
        String id = running(owner);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> csv(owner, "kind,path", "folder,/B"))
                .matches(e -> e.problem() == Problem.CONFLICT);
        ImportRunner again = domain.restarted().get(ImportRunner.class);
        again.watch();
        assertThat(imports.find(owner, id).state())
                .as("another node may be at it")
                .isEqualTo("running");
        silence();
        again.watch();
        assertThat(imports.find(owner, id).state()).isEqualTo("failed");
        assertThat(csv(owner, "kind,path", "folder,/B").state()).isEqualTo("done");
    }

    /** What an import lists was seen with all that its user may see. */
    @Test
    void apiTokenReadsWhatItBeganAndItsUserReadsAll() throws RefusedException {
        Limits limits = new Limits(Set.of("see-resources", "manage-folders"), Set.of(sample.root));
        Caller token = owner.by(new Credential(domain.get(Uuid7.class).next(), null, limits));
        Caller otherToken = owner.by(new Credential(domain.get(Uuid7.class).next(), null, limits));
        ImportView ofPerson = csv(owner, "kind,path", "folder,/A");
        ImportView ofToken = csv(token, "kind,path", "folder,/B");
        assertThat(ofToken.state()).isEqualTo("done");
        assertThat(imports.find(owner, ofToken.id())).isEqualTo(ofToken);
        assertThat(imports.changes(token, ofToken.id(), Cursor.first(10)).items())
                .hasSize(1);
        for (String unseen : List.of(ofPerson.id(), ofToken.id())) {
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> imports.changes(otherToken, unseen, Cursor.first(10)))
                    .matches(e -> e.problem() == Problem.NOT_FOUND);
        }
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> imports.find(token, ofPerson.id()))
                .matches(e -> e.problem() == Problem.NOT_FOUND);
        assertThat(domain.live)
                .filteredOn(LiveEvent.ImportChanged.class::isInstance)
                .extracting(event -> (LiveEvent.ImportChanged) event)
                .filteredOn(event -> event.id().equals(ofToken.id()))
                .isNotEmpty()
                .allMatch(event -> reads(token, event) && reads(owner, event) && !reads(otherToken, event));
    }

    private static boolean reads(Caller caller, LiveEvent.ImportChanged event) {
        return event.isReadBy(caller.userId(), caller.credential().tokenId());
    }

    private void silence() {
        domain.clock.advance(ImportJobs.SILENT.plusSeconds(1));
    }

    /** Nobody has to wait for the timer of another node. */
    @Test
    void domainImportsAgainAMinuteAfterItsNodeDied() throws RefusedException {
        String id = running(owner);
        domain.clock.advance(Duration.ofSeconds(61));
        assertThat(csv(owner, "kind,path", "folder,/B").state()).isEqualTo("done");
        assertThat(imports.find(owner, id).state()).isEqualTo("failed");
    }

    /** What the transaction of a keyed creation sees is older than its lock. */
    @Test
    void jobThatWasAddedSinceTheTransactionBeganIsSeen() throws IOException {
        Path file = Files.createTempFile(Path.of("target"), "import", "");
        domain.transactions.run(() -> {
            domain.sql
                    .in(sample.id)
                    .statement("select count(*) from import_job where domain_id = :domain")
                    .number();
            CompletableFuture.runAsync(() -> running(owner)).join();
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> imports.start(owner, new ImportRequest(Format.CSV, false, false), file))
                    .matches(e -> e.problem() == Problem.CONFLICT);
        });
        Files.delete(file);
        silence();
        domain.get(ImportRunner.class).watch();
    }

    @Test
    void importsOfAllDomainsAreBounded() throws RefusedException {
        for (int i = 0; i < Imports.MAX_RUNNING; i++) {
            running(new Sample(domain).owner());
        }
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> csv(owner, "kind,path", "folder,/B"))
                .matches(e -> e.problem() == Problem.TOO_MANY_REQUESTS);
        silence();
        domain.get(ImportRunner.class).watch();
        assertThat(csv(owner, "kind,path", "folder,/B").state()).isEqualTo("done");
    }

    /** The file is not what it was said to be, and the machine has no memory left. */
    @Test
    void errorEndsTheJobToo() throws RefusedException {
        domain.get(ImportRunner.class).options = new Options() {
            @Override
            public OptionsView read(Caller caller) {
                throw new OutOfMemoryError("of the test");
            }
        };
        ImportView view = csv(owner, "kind,path", "folder,/B");
        assertThat(view.state()).isEqualTo("failed");
        assertThat(view.problems())
                .containsExactly(new ImportProblem(0, "", "Something went wrong on the server. Nothing was changed."));
    }

    @Test
    void jobWhoseEndCouldNotBeStoredIsGivenUp() throws RefusedException {
        ImportRunner runner = domain.get(ImportRunner.class);
        ImportJobs jobs = runner.jobs;
        runner.jobs = new Jobs(jobs) {
            @Override
            public void failed(Caller caller, String id, List<ImportProblem> problems) {
                throw new IllegalStateException("the database is away");
            }
        };
        ImportView view = csv(owner, "kind", "nonsense");
        assertThat(view.state()).isEqualTo("running");
        runner.jobs = jobs;
        silence();
        runner.watch();
        assertThat(imports.find(owner, view.id()).state()).isEqualTo("failed");
    }

    /** Nothing of an import may stay that was told to have changed nothing. */
    @Test
    void importThatWasGivenUpMeanwhileChangesNothing() throws RefusedException {
        beforeWriting(() -> {
            silence();
            domain.get(ImportJobs.class).failSilent();
        });
        ImportView view = csv(owner, "kind,path", "folder,/B");
        assertThat(view.state()).isEqualTo("failed");
        assertThat(export(owner, Format.CSV)).doesNotContain("/B");
    }

    @Test
    void runningJobIsKeptAliveByItsNode() throws RefusedException {
        ImportRunner runner = domain.get(ImportRunner.class);
        beforeWriting(() -> {
            silence();
            runner.watch();
        });
        assertThat(csv(owner, "kind,path", "folder,/B").state()).isEqualTo("done");
    }

    /** Its node has not come to speak of it, but knows that it goes on. */
    @Test
    void jobOfThisNodeIsNotGivenUpForAnother() throws RefusedException {
        beforeWriting(() -> {
            silence();
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> csv(owner, "kind,path", "folder,/C"))
                    .matches(e -> e.problem() == Problem.CONFLICT);
        });
        assertThat(csv(owner, "kind,path", "folder,/B").state()).isEqualTo("done");
    }

    /** The foreign key of what it changes locks its row. */
    @Test
    void jobThatStoresMuchGivesSignsOfLifeInBetween() throws RefusedException {
        ImportRunner runner = domain.get(ImportRunner.class);
        List<Integer> firsts = new ArrayList<>();
        runner.jobs = new Jobs(runner.jobs) {
            @Override
            public void changes(Caller caller, String id, int first, List<ImportChange> changes) {
                CompletableFuture.runAsync(runner::watch)
                        .orTimeout(10, TimeUnit.SECONDS)
                        .join();
                firsts.add(first);
                super.changes(caller, id, first, changes);
            }
        };
        String lines = IntStream.rangeClosed(0, ImportRunner.PORTION)
                .mapToObj("folder,/A%d\n"::formatted)
                .collect(Collectors.joining("", "kind,path\n", ""));
        ImportView view = done(owner, Format.CSV, lines);
        assertThat(firsts).containsExactly(0, ImportRunner.PORTION);
        assertThat(imports.changes(owner, view.id(), new Cursor(List.of(String.valueOf(ImportRunner.PORTION - 2)), 10))
                        .items())
                .extracting(ImportChange::path)
                .hasSize(2)
                .doesNotHaveDuplicates();
    }

    @Test
    void jobThatStoresMuchIsNotWaitedFor() throws RefusedException {
        Caller another = new Sample(domain).owner();
        String silent = running(another);
        silence();
        String id = running(owner);
        domain.transactions.run(() -> {
            domain.sql
                    .in(sample.id)
                    .statement(
                            "select count(*) from import_job where domain_id = :domain and id = :id lock in share mode")
                    .set("id", id)
                    .number();
            CompletableFuture.runAsync(domain.get(ImportRunner.class)::watch)
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();
        });
        assertThat(imports.find(another, silent).state()).isEqualTo("failed");
        assertThat(imports.find(owner, id).state()).isEqualTo("running");
        silence();
        domain.get(ImportRunner.class).watch();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "entry,device:DEVICE,user:owner,deny,terminal,,,",
                "sub-device,device:DEVICE,,,,,,plc",
                "member,,,,,group:/TEAM,user:owner,",
                "entry,group:/TEAM,user:owner,deny,see-users,,,"
            })
    void whatMovesAwayWhileAnImportIsPreparedIsNotChanged(String line) throws RefusedException {
        String device = TestAgent.enrolled(domain, owner, sample.root).uid();
        String team = sample.group();
        String away = folder(sample.root, "away");
        beforeWriting(() -> domain.transactions.run(() -> {
            try {
                domain.get(Directory.class).change(owner, device, 0, new DeviceChange(null, null, null, away, null));
                domain.get(Groups.class).change(owner, team, 0, null, null, away);
            } catch (RefusedException e) {
                throw new IllegalStateException(e);
            }
        }));
        assertThat(csv(
                                owner,
                                "kind,resource,principal,effect,permission,group,member,name",
                                line.replace("DEVICE", device).replace("TEAM", team))
                        .problems())
                .containsExactly(new ImportProblem(
                        0, "", "The directory was changed while the import was prepared. Start it again."));
    }

    /** Who may configure one device changes nothing behind another one by an import that began before. */
    @ParameterizedTest
    @CsvSource({"plc,198.51.100.1,", "plc,,delete"})
    void whatGoesBehindAnotherDeviceWhileAnImportIsPreparedIsNotChanged(String name, String ip, String action)
            throws RefusedException {
        String device = TestAgent.enrolled(domain, owner, sample.root).uid();
        String other = TestAgent.enrolled(domain, owner, sample.root).uid();
        SubDevices behind = domain.get(SubDevices.class);
        SubDevice plc = domain.transactions.inNew(
                () -> behind.create(owner, device, new SubDevice.Facts(name, null, "192.0.2.1", null, List.of())));
        beforeWriting(() -> domain.transactions.run(() -> {
            try {
                behind.change(owner, plc.id(), plc.revision(), SubDevices.factsOf(plc), other);
            } catch (RefusedException e) {
                throw new IllegalStateException(e);
            }
        }));
        assertThat(csv(
                                owner,
                                "kind,resource,name,ip,action",
                                "sub-device,device:%s,%s,%s,%s"
                                        .formatted(device, name, ip == null ? "" : ip, action == null ? "" : action))
                        .problems())
                .containsExactly(new ImportProblem(
                        0, "", "The directory was changed while the import was prepared. Start it again."));
        assertThat(behind.list(owner, other, Cursor.first(9)).items())
                .extracting(SubDevice::ip)
                .containsExactly("192.0.2.1");
    }

    @Test
    void fileOfAnImportThatIsTakenBackStaysItsOwners() throws IOException {
        Path file = Files.createTempFile(Path.of("target"), "import", "");
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> domain.transactions.run(() -> {
                    imports.start(owner, new ImportRequest(Format.CSV, false, false), file);
                    throw new IllegalStateException("rolled back");
                }));
        assertThat(file).as("for another attempt").exists();
        Files.delete(file);
    }
}

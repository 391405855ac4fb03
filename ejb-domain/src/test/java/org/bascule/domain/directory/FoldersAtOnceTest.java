package org.bascule.domain.directory;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bascule.domain.acl.LastOwner;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDatabase;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Folders that several people change at the same time: nobody is sent back because he and another one waited for each other. */
class FoldersAtOnceTest {

    private static final int PEOPLE = 4;
    /** Each with a root folder that is the last one in the indexes when the round begins. */
    private static final int DOMAINS = 12;

    private final TestDomain domain = new TestDomain().started();
    private final Folders folders = domain.get(Folders.class);
    private final ExecutorService threads = Executors.newFixedThreadPool(PEOPLE);

    @AfterEach
    void close() {
        threads.shutdownNow();
    }

    /** A new domain's root is the last folder in every index: each adds its rows to the same gap. */
    @Test
    void theFirstFoldersOfADomainAreAllMade() throws Exception {
        for (int round = 0; round < DOMAINS; round++) {
            Sample sample = new Sample(domain);
            Caller caller = sample.owner();
            CyclicBarrier together = new CyclicBarrier(PEOPLE);
            List<Future<FolderView>> made = new ArrayList<>();
            for (int person = 0; person < PEOPLE; person++) {
                String name = "at once " + person;
                made.add(threads.submit(() -> {
                    together.await(20, TimeUnit.SECONDS);
                    return created(caller, sample.root, name);
                }));
            }
            for (Future<FolderView> one : made) {
                one.get(60, TimeUnit.SECONDS);
            }
            assertThat(count(sample, "resource where domain_id = :domain and name like 'at once %'"))
                    .isEqualTo(PEOPLE);
            assertThat(count(sample, "folder_closure where domain_id = :domain"))
                    .isEqualTo(1 + 2 * PEOPLE);
        }
    }

    @Test
    void foldersWithinFoldersThatAreMadeAtOnceAreAllMade() throws Exception {
        Sample sample = new Sample(domain);
        Caller caller = sample.owner();
        List<Future<String>> deepest = new ArrayList<>();
        for (int person = 0; person < PEOPLE; person++) {
            String name = "at once " + person;
            deepest.add(threads.submit(() -> {
                String parent = sample.root;
                for (int depth = 0; depth < 5; depth++) {
                    parent = created(caller, parent, name).id();
                }
                return parent;
            }));
        }
        for (Future<String> one : deepest) {
            assertThat(folders.folder(caller, one.get(60, TimeUnit.SECONDS)).path())
                    .hasSize(5);
        }
        assertThat(count(sample, "folder_closure where domain_id = :domain"))
                .isEqualTo(1 + PEOPLE * (2 + 3 + 4 + 5 + 6));
    }

    /** Whoever makes a folder waits for who deletes the one above, and holds nothing that is deleted. */
    @Test
    void aFolderWhoseParentIsDeletedMeanwhileIsNotMade() throws Exception {
        Sample sample = new Sample(domain);
        Caller owner = sample.owner();
        String parent = sample.folder(sample.root, "parent");
        FolderView seen = folders.folder(owner, parent);
        Callable<Problem> making = () -> {
            try {
                created(owner, parent, "child");
                throw new AssertionError("it was made");
            } catch (RefusedException e) {
                return e.problem();
            }
        };
        Future<Problem> refused = domain.transactions.<Future<Problem>, Exception>inNew(() -> {
            domain.get(LastOwner.class).lock(sample.id);
            Future<Problem> waiting = threads.submit(making);
            awaitSomebodyWaits();
            folders.delete(owner, parent, seen.revision());
            return waiting;
        });
        assertThat(refused.get(60, TimeUnit.SECONDS)).isEqualTo(Problem.NOT_FOUND);
        assertThat(count(sample, "folder where domain_id = :domain")).isEqualTo(1);
    }

    private FolderView created(Caller caller, String parent, String name) throws RefusedException {
        return domain.transactions.inNew(() -> folders.create(caller, parent, name, null));
    }

    private static void awaitSomebodyWaits() throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        try (Connection connection = TestDatabase.get().superuser().getConnection();
                Statement statement = connection.createStatement()) {
            while (!isSomebodyWaiting(statement)) {
                assertThat(System.nanoTime() - deadline).as("time").isNegative();
                // InnoDB looks anew only if nobody has asked for 100 ms
                TimeUnit.MILLISECONDS.sleep(250);
            }
        }
    }

    private static boolean isSomebodyWaiting(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery(
                "select 1 from information_schema.innodb_trx where trx_state = 'LOCK WAIT' limit 1")) {
            return rows.next();
        }
    }

    private long count(Sample sample, String what) {
        return domain.sql
                .in(sample.id)
                .statement("select count(*) from " + what)
                .number();
    }
}

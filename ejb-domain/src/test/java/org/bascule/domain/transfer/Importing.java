package org.bascule.domain.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;

/** A domain into which tests import files. */
abstract class Importing {

    final TestDomain domain = new TestDomain().started();
    final Imports imports = domain.get(Imports.class);
    final Sample sample = new Sample(domain);
    final Caller owner = sample.owner();

    String export(Caller caller, Format format) {
        try {
            Path file = Files.createTempFile(Path.of("target"), "export", "");
            domain.transactions.run(() -> domain.get(Exports.class).write(caller, format, file));
            String text = Files.readString(file);
            Files.delete(file);
            return text;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    ImportView run(Caller caller, ImportRequest request, String text) throws RefusedException {
        Path file;
        try {
            file = Files.writeString(Files.createTempFile(Path.of("target"), "import", ""), text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        ImportView view = domain.transactions.inNew(() -> imports.start(caller, request, file));
        assertThat(view.state()).isEqualTo("running");
        assertThat(file).as("the upload is gone").doesNotExist();
        return imports.find(caller, view.id());
    }

    ImportView done(Caller caller, Format format, String text) throws RefusedException {
        ImportView view = run(caller, new ImportRequest(format, false, false), text);
        assertThat(view.problems()).isEmpty();
        assertThat(view.state()).isEqualTo("done");
        return view;
    }

    ImportView csv(Caller caller, String... lines) throws RefusedException {
        return run(caller, new ImportRequest(Format.CSV, false, false), String.join("\n", lines));
    }

    String folder(String parent, String name) {
        return sample.folder(parent, name);
    }

    void update(String statement, String id) {
        domain.transactions.run(() -> {
            domain.sql.in(sample.id).statement(statement).set("id", id).update();
            domain.get(RightsVersion.class).changed(sample.id);
        });
    }

    String id(String kind, String name) {
        return id(sample, kind, name);
    }

    String id(Sample of, String kind, String name) {
        return domain.sql
                .in(of.id)
                .statement("select id from resource where domain_id = :domain and kind = :kind and name = :name")
                .set("kind", kind)
                .set("name", name)
                .first(row -> row.text(1))
                .orElseThrow();
    }

    static long lines(Format format, String exported) {
        return format == Format.CSV
                ? exported.split("\r\n(?=[a-z-]+,)", -1).length - 1
                : Arrays.stream(exported.split("\n", -1))
                        .filter(line -> line.startsWith("{\"kind\""))
                        .count();
    }

    List<ImportChange> changes(Caller caller, ImportView view) throws RefusedException {
        return imports.changes(caller, view.id(), Cursor.first(200)).items();
    }

    List<String> closure() {
        return domain.sql
                .in(sample.id)
                .statement("select concat(ancestor_id, ' ', descendant_id, ' ', depth) from folder_closure"
                        + " where domain_id = :domain order by 1")
                .list(row -> row.text(1));
    }

    List<String> closureByParents() {
        return domain.sql
                .in(sample.id)
                .statement(
                        """
                        with recursive up (ancestor_id, descendant_id, depth) as (
                          select id, id, 0 from resource where domain_id = :domain and kind = 'folder'
                          union all
                          select r.parent_id, u.descendant_id, u.depth + 1 from up u join resource r on r.id = u.ancestor_id
                          where r.parent_id is not null
                        ) select concat(ancestor_id, ' ', descendant_id, ' ', depth) from up order by 1""")
                .list(row -> row.text(1));
    }

    List<String> audited(String code) {
        return domain.sql
                .in(sample.id)
                .statement("select concat(outcome, ' ', coalesce(detail, changes, '')) from bascule_audit.audit_event"
                        + " where domain_id = :domain and code = :code order by id")
                .set("code", code)
                .list(row -> row.text(1));
    }

    /** Something that others do when the plan is made, and its transaction has read all that it needs. */
    void beforeWriting(Runnable action) {
        ImportRunner runner = domain.get(ImportRunner.class);
        runner.jobs = new Jobs(runner.jobs) {
            @Override
            public void progress(Caller caller, String id, String phase, long done, long total) {
                if (phase.equals("writing")) {
                    CompletableFuture.runAsync(action).join();
                }
                super.progress(caller, id, phase, done, total);
            }
        };
    }

    /** With the parts of another. */
    static class Jobs extends ImportJobs {
        Jobs(ImportJobs of) {
            sql = of.sql;
            clock = of.clock;
            live = of.live;
        }
    }

    /** A job that no node runs. */
    String running(Caller caller) {
        String id = domain.ids.next();
        domain.transactions.run(
                () -> domain.get(ImportJobs.class).add(caller, id, new ImportRequest(Format.CSV, false, false)));
        return id;
    }
}

package org.bascule.domain.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An import that the real database stops when all but the last has been written: nothing of it stays, and the job says why. */
class ImportFailureTest extends Importing {

    private static final String CHANGED =
            "The directory was changed while the import went on. Nothing was changed by it: start it again.";

    private static final List<String> COLUMNS = List.of(
            "kind",
            "id",
            "path",
            "name",
            "description",
            "tags",
            "group",
            "member",
            "services",
            "resource",
            "principal",
            "permission",
            "effect",
            "reference",
            "consent",
            "relay");

    /** What the audit log has of it if it is done. */
    private static final List<String> CODES = List.of(
            "folder.create",
            "user.add",
            "group.create",
            "device.update",
            "device.move",
            "sub-device.create",
            "group.add-member",
            "permission.add",
            "contract.set",
            "session-policy.set",
            "relay.fix");

    private final String device = sample.device(sample.root, "pump");
    private final String member = sample.user("anna").userId();
    private final String group = sample.group();

    /** One line of each kind that writes other tables, the entries last. */
    private final String file;

    private final String before;

    ImportFailureTest() {
        update("update resource set name = 'Team' where domain_id = :domain and id = :id", group);
        file = String.join(
                "\n",
                String.join(",", COLUMNS),
                row("kind=folder", "path=/A", "description=first"),
                row("kind=folder", "path=/A/B"),
                row("kind=user", "path=/A", "name=carla"),
                row("kind=group", "path=/A/Service"),
                row("kind=device", "id=" + device, "path=/A/B/pump 7", "description=new", "tags=tag-1"),
                row("kind=sub-device", "name=plc", "resource=device:" + device, "services=ssh:22"),
                row("kind=member", "group=group:/A/Service", "member=user:carla"),
                row("kind=member", "group=group:/Team", "member=user:anna"),
                row("kind=contract", "path=/A", "reference=C-17"),
                row("kind=session-policy", "resource=folder:/A", "consent=device"),
                row("kind=fixed-relay", "resource=device:" + device, "relay=r1"),
                row(
                        "kind=entry",
                        "resource=folder:/A",
                        "principal=user:carla",
                        "effect=allow",
                        "permission=read-files"),
                row(
                        "kind=entry",
                        "resource=folder:/A/B",
                        "principal=group:/A/Service",
                        "effect=allow",
                        "permission=terminal"));
        before = export(owner, Format.CSV);
    }

    /** The cells of the columns that are named, the others empty. */
    private static String row(String... cells) {
        return COLUMNS.stream()
                .map(column -> Arrays.stream(cells)
                        .filter(cell -> cell.startsWith(column + "="))
                        .map(cell -> cell.substring(column.length() + 1))
                        .findFirst()
                        .orElse(""))
                .collect(Collectors.joining(","));
    }

    @AfterEach
    void removeTheTriggers() throws SQLException {
        superuser("drop trigger if exists bascule.tr_test_entry", "drop trigger if exists bascule_audit.tr_test_event");
    }

    private static void superuser(String... statements) throws SQLException {
        try (Connection connection = TestDatabase.get().superuser().getConnection();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private void refuse(String name, String table, String condition, String state, int error) throws SQLException {
        superuser("create trigger %s before insert on %s for each row begin if new.domain_id = '%s' and %s then"
                        .formatted(name, table, sample.id, condition)
                + " signal sqlstate '" + state + "' set mysql_errno = " + error
                + ", message_text = 'secret of the test'; end if; end");
    }

    private long rightsVersion() {
        return domain.sql
                .in(sample.id)
                .statement("select rights_version from domain_version where domain_id = :domain")
                .number();
    }

    private void assertNothingStayed(ImportView view, String reason) throws RefusedException {
        assertThat(view.state()).isEqualTo("failed");
        assertThat(view.problems()).containsExactly(new ImportProblem(0, "", reason));
        assertThat(view.counts()).isEqualTo(new ImportView.Counts(0, 0, 0, 0, 0, 0));
        assertThat(closure()).isEqualTo(closureByParents());
        for (String code : CODES) {
            assertThat(audited(code)).as(code).isEmpty();
        }
        assertThat(audited("directory.import")).containsExactly("failed " + reason);
        assertThat(domain.live).noneMatch(LiveEvent.DirectoryImported.class::isInstance);
    }

    @ParameterizedTest
    @CsvSource({
        "entry, HY000, 1644, Something went wrong on the server. Nothing was changed.",
        "entry, 23000, 1062, " + CHANGED,
        "entry, HY000, 1205, The directory was in use for too long. Nothing was changed: start it again later.",
        "event, HY000, 1644, Something went wrong on the server. Nothing was changed."
    })
    void whatTheDatabaseRefusesAtTheEndTakesAllBack(String what, String state, int error, String reason)
            throws RefusedException, SQLException {
        long version = rightsVersion();
        if (what.equals("entry")) {
            refuse("bascule.tr_test_entry", "bascule.acl_entry", "new.permission = 'terminal'", state, error);
        } else {
            // the record of the import itself is the very last that it writes
            refuse(
                    "bascule_audit.tr_test_event",
                    "bascule_audit.audit_event",
                    "new.code = 'directory.import' and new.outcome = 'success'",
                    state,
                    error);
        }
        ImportView view = csv(owner, file);
        assertNothingStayed(view, reason);
        assertThat(export(owner, Format.CSV)).isEqualTo(before);
        assertThat(rightsVersion()).isEqualTo(version);

        removeTheTriggers();
        ImportView again = csv(owner, file);
        assertThat(again.problems()).as("the file was good").isEmpty();
        assertThat(again.state()).isEqualTo("done");
        assertThat(export(owner, Format.CSV))
                .contains("carla")
                .contains("pump 7")
                .contains("C-17");
        for (String code : CODES) {
            assertThat(audited(code)).as(code).isNotEmpty();
        }
    }

    /** A row of somebody else that no version tells of. */
    @Test
    void rowThatIsThereAlreadyTakesAllBack() throws RefusedException {
        beforeWriting(() -> domain.transactions.run(() -> domain.sql
                .in(sample.id)
                .statement(
                        "insert into group_member (domain_id, group_id, member_id) values (:domain, :group, :member)")
                .set("group", group)
                .set("member", member)
                .update()));
        assertNothingStayed(csv(owner, file), CHANGED);
        assertThat(export(owner, Format.CSV))
                .doesNotContain("carla")
                .doesNotContain("pump 7")
                .doesNotContain("C-17");
    }
}

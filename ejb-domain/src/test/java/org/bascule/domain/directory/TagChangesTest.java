package org.bascule.domain.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.groups.Tuple;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TagChangesTest {

    private final TestDomain domain = new TestDomain().started();
    private final TagChanges changes = domain.get(TagChanges.class);
    private final DeviceTags tags = domain.get(DeviceTags.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final String north = sample.folder(sample.root, "north");
    private final String first = tagged(sample.root, "first", "a", "b");
    private final String second = tagged(north, "second", "a");

    private String tagged(String folder, String name, String... given) {
        String uid = sample.device(folder, name);
        domain.transactions.inNew(() -> {
            tags.set(sample.id, uid, List.of(given));
            return uid;
        });
        return uid;
    }

    private long rename(Caller caller, String tag, String name, boolean merge) throws RefusedException {
        return domain.transactions.inNew(() -> changes.rename(caller, tag, name, merge));
    }

    private String text(String uid) {
        return domain.sql
                .in(sample.id)
                .statement("select tags from device where domain_id = :domain and id = :id")
                .set("id", uid)
                .list(row -> row.text(1))
                .get(0);
    }

    /** The records of what was done to the tags of devices: the name of each, why, and the values before and after. */
    private List<Tuple> devicesAudited() {
        return sample.audited("device.update").stream()
                .filter(row -> row.outcome().equals("success"))
                .map(row -> tuple(row.resourceId(), row.resourceName(), row.detail(), row.changes()))
                .toList();
    }

    private static String changed(String field, String before, @Nullable String after) {
        return "{\"%s\":{\"before\":\"%s\",\"after\":%s}}"
                .formatted(field, before, after == null ? "null" : "\"" + after + "\"");
    }

    private static void refused(Problem problem, ThrowingCallable work) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(work)
                .matches(e -> e.problem() == problem, "is " + problem);
    }

    @Test
    void aTagIsRenamedEverywhereWithOneRecordOfItAndOneOfEachDevice() throws RefusedException {
        assertThat(rename(owner, "A", "Hall", false)).isEqualTo(2);
        assertThat(text(first)).isEqualTo("b hall");
        assertThat(text(second)).isEqualTo("hall");
        assertThat(tags.list(owner, Cursor.first(9)).items())
                .containsExactly(new DeviceTags.Tag("b", 1), new DeviceTags.Tag("hall", 2));
        assertThat(sample.audited("tag.rename"))
                .extracting(AuditEntry::outcome, AuditEntry::detail, AuditEntry::changes)
                .containsExactly(tuple("success", "tag 'a' is now 'hall', on 2 devices", changed("tag", "a", "hall")));
        assertThat(devicesAudited())
                .containsExactlyInAnyOrder(
                        tuple(first, "first", "tag 'a' is now 'hall'", changed("tags", "a b", "b hall")),
                        tuple(second, "second", "tag 'a' is now 'hall'", changed("tags", "a", "hall")));
        assertThat(domain.sql
                        .in(sample.id)
                        .statement("select version from resource where domain_id = :domain and id = :id")
                        .set("id", first)
                        .number())
                .isEqualTo(1);
    }

    @Test
    void twoTagsBecomeOneOnlyIfThatIsWanted() throws RefusedException {
        refused(Problem.CONFLICT, () -> rename(owner, "a", "b", false));
        assertThat(text(first)).isEqualTo("a b");
        assertThat(rename(owner, "a", "b", true)).isEqualTo(2);
        assertThat(text(first)).isEqualTo("b");
        assertThat(text(second)).isEqualTo("b");
        assertThat(devicesAudited())
                .containsExactlyInAnyOrder(
                        tuple(first, "first", "tag 'a' is now 'b'", changed("tags", "a b", "b")),
                        tuple(second, "second", "tag 'a' is now 'b'", changed("tags", "a", "b")));
    }

    @Test
    void aTagIsDeleted() throws RefusedException {
        assertThat(domain.transactions.inNew(() -> changes.delete(owner, "a"))).isEqualTo(2);
        assertThat(text(first)).isEqualTo("b");
        assertThat(text(second)).isEmpty();
        assertThat(sample.audited("tag.delete"))
                .extracting(AuditEntry::outcome, AuditEntry::detail, AuditEntry::changes)
                .containsExactly(tuple("success", "tag 'a' is deleted, on 2 devices", changed("tag", "a", null)));
        assertThat(devicesAudited())
                .containsExactlyInAnyOrder(
                        tuple(first, "first", "tag 'a' is deleted", changed("tags", "a b", "b")),
                        tuple(second, "second", "tag 'a' is deleted", changed("tags", "a", "")));
        refused(Problem.NOT_FOUND, () -> changes.delete(owner, "a"));
        refused(Problem.INVALID, () -> changes.delete(owner, "a b"));
    }

    @Test
    void whatIsNotSeenKeepsItAndWhatMayNotBeConfiguredRefusesIt() throws RefusedException {
        Caller local = sample.user("local");
        refused(Problem.NOT_FOUND, () -> rename(local, "a", "x", false));
        sample.entry(north, local.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        refused(Problem.FORBIDDEN, () -> rename(local, "a", "x", false));
        refused(Problem.FORBIDDEN, () -> changes.delete(local, "a"));
        sample.entry(north, local.userId(), Permission.CONFIGURE_DEVICES, Effect.ALLOW);
        // "b" is on a device that is not seen: nothing tells of it
        assertThat(rename(local, "a", "b", false)).isEqualTo(1);
        assertThat(text(first)).isEqualTo("a b");
        assertThat(text(second)).isEqualTo("b");
        assertThat(devicesAudited()).extracting(row -> row.toList().get(0)).containsExactly(second);
        sample.entry(sample.root, local.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        refused(Problem.FORBIDDEN, () -> rename(local, "b", "y", false));
        assertThat(text(second)).isEqualTo("b");
    }

    @Test
    void anotherDomainKeepsItsTag() throws RefusedException {
        Sample elsewhere = new Sample(domain);
        String other = elsewhere.device(elsewhere.root, "other");
        domain.transactions.inNew(() -> {
            tags.set(elsewhere.id, other, List.of("a"));
            return other;
        });
        rename(owner, "a", "c", false);
        assertThat(tags.list(elsewhere.owner(), Cursor.first(9)).items()).containsExactly(new DeviceTags.Tag("a", 1));
    }

    @Test
    void moreDevicesThanFitIntoOneStatement() throws RefusedException {
        List<String> uids = new ArrayList<>();
        for (int i = 0; i < TagChanges.AT_ONCE + 3; i++) {
            uids.add(sample.device(north, "m" + i));
        }
        domain.transactions.inNew(() -> {
            tags.add(sample.id, uids, List.of("many"));
            return uids;
        });
        assertThat(rename(owner, "many", "lots", false)).isEqualTo(uids.size());
        assertThat(tags.list(owner, Cursor.first(9)).items()).contains(new DeviceTags.Tag("lots", uids.size()));
        assertThat(domain.sql
                        .in(sample.id)
                        .statement(
                                "select count(distinct resource_id) from bascule_audit.audit_event"
                                        + " where domain_id = :domain and code = 'device.update' and changes like '%many%lots%'")
                        .number())
                .isEqualTo(uids.size());
    }
}

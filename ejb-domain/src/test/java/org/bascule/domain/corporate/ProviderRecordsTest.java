package org.bascule.domain.corporate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import org.assertj.core.groups.Tuple;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.corporate.Way.Oidc;
import org.bascule.domain.directory.Folders;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.people.Groups;
import org.bascule.domain.refusal.RefusedException;
import org.junit.jupiter.api.Test;

/** What the log says of providers that are changed, tried and removed. */
class ProviderRecordsTest extends ProviderTesting {

    private AuditEntry recorded(String code, ProviderView provider, String name) {
        List<AuditEntry> rows = sample.audited(code);
        assertThat(rows).as(code).hasSize(1);
        AuditEntry row = rows.get(0);
        assertThat(row.userId()).isEqualTo(owner.userId());
        assertThat(row.resourceId()).isEqualTo(provider.id());
        assertThat(row.resourceName()).isEqualTo(name);
        return row;
    }

    @Test
    void aChangeNamesWhatIsDifferentAndThatThereIsANewSecret() throws Exception {
        ProviderView made = create(oidc(SECRET));
        String group = sample.group();
        ProviderView changed = change(
                made,
                new ProviderChange(
                        "Corp",
                        false,
                        new Oidc(issuer, "bascule-2", "roles"),
                        "another-secret",
                        List.of(new GroupMapping("fitters", group)),
                        null));
        assertThat(changed.name()).isEqualTo("Corp");
        AuditEntry row = recorded("identity-provider.update", made, "Corp");
        assertThat(row.outcome()).isEqualTo("success");
        assertThat(row.changes())
                .contains(
                        "\"name\":{\"before\":\"Company\",\"after\":\"Corp\"}",
                        "\"enabled\":{\"before\":\"true\",\"after\":\"false\"}",
                        "\"clientId\":{\"before\":\"bascule\",\"after\":\"bascule-2\"}",
                        "\"secret\":{\"before\":\"stored\",\"after\":\"replaced\"}",
                        "\"groups\":{")
                .contains("fitters")
                .doesNotContain("issuer", SECRET, "another-secret");
    }

    @Test
    void aRemovalNamesAllThatThereWas() throws Exception {
        ProviderView made = create(oidc(SECRET));
        domain.transactions.run(() -> providers.delete(owner, made.id(), made.revision()));
        AuditEntry row = recorded("identity-provider.delete", made, "Company");
        assertThat(row.outcome()).isEqualTo("success");
        assertThat(row.changes())
                .contains(
                        "\"name\":{\"before\":\"Company\",\"after\":null}",
                        "\"issuer\":{\"before\":\"" + issuer + "\",\"after\":null}",
                        "\"secret\":{\"before\":\"stored\",\"after\":null}")
                .doesNotContain(SECRET);
    }

    private void remove(ProviderView provider) throws RefusedException {
        domain.transactions.run(() -> providers.delete(owner, provider.id(), provider.revision()));
    }

    private Tuple ended(String group, Caller member, String by) {
        return tuple(
                group,
                owner.userId(),
                "user '" + member.userName() + "' came with a " + by + " that was removed",
                "{\"member\":{\"before\":\"user %s '%s'\",\"after\":null}}"
                        .formatted(member.userId(), member.userName()));
    }

    private List<Tuple> endings() {
        return sample.audited("group.remove-member").stream()
                .map(row -> tuple(row.resourceId(), row.userId(), row.detail(), row.changes()))
                .toList();
    }

    /** Those that somebody gave by hand stay. */
    @Test
    void aRemovalNamesTheMembershipsThatEndWithIt() throws Exception {
        String fitters = sample.group();
        String byHand = sample.group();
        ProviderView made = create(oidc(SECRET, new GroupMapping("eng", fitters)));
        Caller anna = sample.user("anna");
        Caller bert = sample.user("bert");
        for (Caller each : List.of(anna, bert)) {
            vouch(made, each, "eng");
            sample.member(byHand, each.userId());
        }
        domain.live.clear();
        remove(made);
        assertThat(groupsOf(anna)).containsExactly(byHand);
        assertThat(endings())
                .containsExactlyInAnyOrder(ended(fitters, anna, "provider"), ended(fitters, bert, "provider"));
        assertThat(domain.live)
                .contains(
                        new LiveEvent.PrincipalChanged(sample.id, fitters, "group", "changed"),
                        new LiveEvent.PrincipalChanged(sample.id, anna.userId(), "user", "changed"))
                .doesNotContain(new LiveEvent.PrincipalChanged(sample.id, byHand, "group", "changed"));
        assertThat(sample.audited("user.update"))
                .extracting(AuditEntry::resourceId)
                .containsExactlyInAnyOrder(anna.userId(), bert.userId());
    }

    @Test
    void aPartnersRemovalNamesAllMembershipsAndEntriesOfItsPeople() throws Exception {
        String fitters = sample.group();
        String byHand = sample.group();
        ProviderChange partner = partner(sample.folder(sample.root, "theirs"));
        ProviderView made = create(new ProviderChange(
                partner.name(),
                true,
                partner.way(),
                SECRET,
                List.of(new GroupMapping("eng", fitters)),
                partner.partner()));
        Caller anna = sample.user("anna");
        vouch(made, anna, "eng");
        sample.member(byHand, anna.userId());
        sample.entry(sample.root, anna.userId(), Permission.TERMINAL, Effect.ALLOW);
        domain.live.clear();
        remove(made);
        assertThat(groupsOf(anna)).isEmpty();
        assertThat(endings())
                .containsExactlyInAnyOrder(ended(fitters, anna, "partner"), ended(byHand, anna, "partner"));
        assertThat(domain.live)
                .contains(
                        new LiveEvent.PrincipalChanged(sample.id, fitters, "group", "changed"),
                        new LiveEvent.PrincipalChanged(sample.id, byHand, "group", "changed"));
        assertThat(sample.audited("permission.remove")).singleElement().satisfies(row -> {
            assertThat(row.resourceName()).isEqualTo(sample.name);
            assertThat(row.detail()).startsWith("user anna: allow terminal (entry ");
            assertThat(row.changes()).contains("\"permission\":{\"before\":\"terminal\",\"after\":null}");
        });
    }

    @Test
    void whatAProviderLosesWithAGroupOrAFolderIsAChangeOfIt() throws Exception {
        String fitters = sample.group();
        String sales = sample.group();
        ProviderView made = create(oidc(SECRET, new GroupMapping("eng", fitters), new GroupMapping("sales", sales)));
        String theirs = sample.folder(sample.root, "theirs");
        ProviderView partner = create(partner(theirs));
        domain.transactions.run(() -> domain.get(Groups.class).delete(owner, fitters, 0));
        assertThat(recorded("identity-provider.update", made, "Company").changes())
                .isEqualTo("{\"groups\":{\"before\":\"eng -> %s, sales -> %s\",\"after\":\"sales -> %s\"}}"
                        .formatted(fitters, sales, sales));
        domain.transactions.run(() -> domain.get(Folders.class).delete(owner, theirs, 0));
        assertThat(sample.audited("identity-provider.update"))
                .first()
                .satisfies(row -> assertThat(row.resourceId()).isEqualTo(partner.id()))
                .satisfies(row -> assertThat(row.changes())
                        .isEqualTo("{\"partner.folders\":{\"before\":\"%s\",\"after\":\"\"}}".formatted(theirs)));
    }

    @Test
    void aTrialIsRecordedWithWhatCameOfIt() throws Exception {
        ProviderView made = create(oidc(SECRET));
        TestResult result = providers.test(owner, made.id());
        AuditEntry row = recorded("identity-provider.test", made, "Company");
        assertThat(row.outcome()).isEqualTo(result.isOk() ? "success" : "failed");
        assertThat(row.detail()).isEqualTo(result.code().code());
        assertThat(row.changes()).isNull();
    }
}

package org.bascule.domain.corporate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.corporate.Way.Oidc;
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

package org.bascule.domain.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Set;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.options.Assistance.ContactField;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {

    private static final DomainOptions CHANGED = new DomainOptions(
            true,
            true,
            new Assistance(false, Set.of(ContactField.PHONE, ContactField.NAME), 48),
            List.of("night@example.org", "day.shift+x@plant.example"),
            25,
            400);

    private final TestDomain domain = new TestDomain().started();
    private final Options options = domain.get(Options.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();

    private OptionsView change(Caller caller, long revision, DomainOptions to) throws RefusedException {
        return domain.transactions.inNew(() -> options.change(caller, revision, to));
    }

    @Test
    void whatIsChangedIsReadAndAuditedFieldByField() throws RefusedException {
        assertThat(options.read(owner)).isEqualTo(new OptionsView(DomainOptions.DEFAULT, true, 0));
        OptionsView view = change(owner, 0, CHANGED);
        assertThat(view).isEqualTo(new OptionsView(CHANGED, true, 1));
        assertThat(options.of(sample.id)).isEqualTo(CHANGED);
        assertThat(domain.live).contains(new LiveEvent.OptionsChanged(sample.id));
        assertThat(auditedChanges())
                .isEqualTo("{\"commentRequired\":{\"before\":\"false\",\"after\":\"true\"},"
                        + "\"fullSessionLog\":{\"before\":\"false\",\"after\":\"true\"},"
                        + "\"assistance.enabled\":{\"before\":\"true\",\"after\":\"false\"},"
                        + "\"assistance.contactFields\":{\"before\":\"\",\"after\":\"name,phone\"},"
                        + "\"assistance.expiresHours\":{\"before\":\"24\",\"after\":\"48\"},"
                        + "\"notificationAddresses\":{\"before\":\"\",\"after\":\"night@example.org, day.shift+x@plant.example\"},"
                        + "\"quota\":{\"before\":null,\"after\":\"25\"},"
                        + "\"auditDays\":{\"before\":\"730\",\"after\":\"400\"}}");
    }

    private String auditedChanges() {
        return domain.sql
                .in(sample.id)
                .statement("select changes from bascule_audit.audit_event"
                        + " where domain_id = :domain and code = 'domain.options'")
                .first(row -> row.text(1))
                .orElseThrow();
    }

    @Test
    void staleRevisionIsRefusedAndNothingChanges() throws RefusedException {
        change(owner, 0, CHANGED);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> change(owner, 0, DomainOptions.DEFAULT))
                .matches(e -> e.problem() == Problem.PRECONDITION_FAILED);
        assertThat(options.of(sample.id)).isEqualTo(CHANGED);
    }

    @Test
    void everybodyReadsButTheAddressesAndOnlyManagersOfThePermissionsChange() throws RefusedException {
        change(owner, 0, CHANGED);
        Caller user = sample.user("u");
        sample.entry(sample.root, user.userId(), Permission.MANAGE_SIGN_IN, Effect.ALLOW);
        OptionsView seen = options.read(user);
        assertThat(seen.editable()).isFalse();
        assertThat(seen.options().notificationAddresses()).isEmpty();
        assertThat(seen.options().commentRequired()).isTrue();
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> change(user, 1, DomainOptions.DEFAULT))
                .matches(e -> e.problem() == Problem.FORBIDDEN);
        sample.entry(sample.root, user.userId(), Permission.MANAGE_PERMISSIONS, Effect.ALLOW);
        assertThat(change(user, 1, DomainOptions.DEFAULT).revision()).isEqualTo(2);
    }

    @Test
    void anotherDomainIsNotTouched() throws RefusedException {
        Sample other = new Sample(domain);
        change(owner, 0, CHANGED);
        assertThat(options.of(other.id)).isEqualTo(DomainOptions.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "0, 24, a@example.org, 365, quota",
                "100001, 24, a@example.org, 365, quota",
                "-, 0, a@example.org, 365, assistance",
                "-, 721, a@example.org, 365, assistance",
                "-, 24, not an address, 365, notificationAddresses",
                "-, 24, 'a@b, c@d', 365, notificationAddresses",
                "-, 24, a@b@c, 365, notificationAddresses",
                "-, 24, '', 365, notificationAddresses",
                "-, 24, a@example.org, 364, auditDays",
                "-, 24, a@example.org, 36501, auditDays"
            })
    void valuesBeyondTheirBoundsAreRefusedByField(
            @Nullable Integer quota, int hours, String address, int days, String field) {
        DomainOptions wrong =
                new DomainOptions(false, false, new Assistance(true, Set.of(), hours), List.of(address), quota, days);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> change(owner, 0, wrong))
                .satisfies(e -> {
                    assertThat(e.problem()).isEqualTo(Problem.INVALID);
                    assertThat(e.fields()).singleElement().satisfies(f -> assertThat(f.field())
                            .isEqualTo(field));
                });
        assertThat(options.read(owner).revision()).isZero();
    }
}

package org.bascule.domain.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.configuration.IdentitySettings;
import org.bascule.domain.configuration.IdentitySettings.Mail;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExpiryWarningsTest {

    private final TestDomain domain = new TestDomain()
            .with(new IdentitySettings(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(new Mail(
                            "localhost", 25, Mail.Encryption.NONE, "x@example", Optional.empty(), Optional.empty()))))
            .started();
    private final Sample sample = new Sample(domain);
    private final Caller anna = sample.user("anna");
    private final ExpiryWarnings warnings = domain.get(ExpiryWarnings.class);

    private void ends(@Nullable Instant expires) {
        domain.sql
                .in(sample.id)
                .statement("update user_ref set expires = :expires where domain_id = :domain and id = :id")
                .set("expires", expires)
                .set("id", anna.userId())
                .update();
    }

    private List<Instant> warned() {
        return domain.sql
                .in(sample.id)
                .statement("select about from notice where domain_id = :domain and kind = 'account-ends'"
                        + " and subject = :id and user_name = 'anna' order by id")
                .set("id", anna.userId())
                .list(row -> row.instant(1));
    }

    @Test
    void whoseAccountEndsIsToldOnceForEachEnd() {
        Instant end = domain.clock.instant().plus(Duration.ofDays(8));
        ends(end);
        warnings.sweep();
        assertThat(warned()).isEmpty();

        domain.clock.advance(Duration.ofDays(1));
        warnings.sweep();
        domain.clock.advance(Duration.ofDays(2));
        warnings.sweep();
        assertThat(warned()).containsExactly(end);

        Instant later = end.plus(Duration.ofDays(30));
        ends(later);
        warnings.sweep();
        assertThat(warned()).containsExactly(end);
        domain.clock.advance(Duration.ofDays(30));
        warnings.sweep();
        assertThat(warned()).containsExactly(end, later);
    }

    @Test
    void whoseAccountHasEndedIsNotWarnedAnyMore() {
        ends(domain.clock.instant().minusSeconds(1));
        warnings.sweep();
        ends(null);
        warnings.sweep();
        assertThat(warned()).isEmpty();
    }
}

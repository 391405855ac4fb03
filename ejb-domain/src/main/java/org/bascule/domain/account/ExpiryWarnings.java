package org.bascule.domain.account;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.mail.Notice;
import org.bascule.domain.mail.Notices;

/** Tells users that their accounts will end (IDN-11), once for each end: a week before, or at once where the end is nearer than that. */
@ApplicationScoped
public class ExpiryWarnings {

    static final Duration BEFORE = Duration.ofDays(7);
    private static final int AT_ONCE = 100;

    @Inject
    Sql sql;

    @Inject
    Notices notices;

    @Inject
    Transactions transactions;

    @Inject
    Clock clock;

    private record Ending(String domainId, String id, String subject, String name, Instant expires) {}

    /** Called again and again, on every node. */
    public void sweep() {
        if (notices.areSent()) {
            transactions.<Boolean, RuntimeException>inNew(() -> {
                ending().forEach(this::warn);
                return true;
            });
        }
    }

    private List<Ending> ending() {
        return sql.acrossDomains()
                .statement(
                        """
                        select domain_id, id, subject, (select name from resource where resource.id = user_ref.id), expires
                        from user_ref
                        where expires > :now and expires <= :soon and enabled and subject is not null
                          and (warned_of is null or warned_of <> expires)
                        order by expires limit :rows for update skip locked""")
                .set("now", clock.instant())
                .set("soon", clock.instant().plus(BEFORE))
                .set("rows", AT_ONCE)
                .list(row -> new Ending(row.text(1), row.text(2), row.text(3), row.text(4), row.instant(5)));
    }

    private void warn(Ending user) {
        sql.in(user.domainId())
                .statement("update user_ref set warned_of = expires where domain_id = :domain and id = :id")
                .set("id", user.id())
                .update();
        notices.add(user.domainId(), Notice.ACCOUNT_ENDS, user.subject(), user.name(), user.expires());
    }
}

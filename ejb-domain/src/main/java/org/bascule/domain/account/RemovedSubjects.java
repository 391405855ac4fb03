package org.bascule.domain.account;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.bascule.domain.database.Sql;

/** Subjects of users that were deleted, and which of their accounts are still to be removed. */
@Stateless
public class RemovedSubjects {

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
    private static final int MAX_DOUBLINGS = 8;
    private static final int AT_ONCE = 100;

    @Inject
    Sql sql;

    @Inject
    Clock clock;

    /** Notes those of these that are users who have signed in, or have an account, in the transaction that deletes them. */
    public void add(String domainId, Collection<String> ids) {
        sql.in(domainId)
                .statement(
                        """
                        insert ignore into removed_subject (domain_id, subject, removed, next_attempt)
                        select domain_id, subject, :now, :now from user_ref
                        where domain_id = :domain and id in (:ids) and subject is not null""")
                .set("now", clock.instant())
                .set("ids", ids)
                .update();
    }

    /** An account to remove. */
    public record Due(String domainId, String subject) {}

    /** Takes those that are due; they are due again a little later, unless {@link #done} is said. */
    public List<Due> take() {
        List<Due> due = sql.acrossDomains()
                .statement("select domain_id, subject from removed_subject where next_attempt <= :now"
                        + " order by next_attempt limit :rows for update skip locked")
                .set("now", clock.instant())
                .set("rows", AT_ONCE)
                .list(row -> new Due(row.text(1), row.text(2)));
        for (Due one : due) {
            sql.in(one.domainId())
                    .statement(
                            """
                            update removed_subject set attempts = attempts + 1,
                              next_attempt = timestampadd(second, :first * pow(2, least(attempts, :doublings)), :now)
                            where domain_id = :domain and subject = :subject""")
                    .set("first", FIRST_PAUSE.toSeconds())
                    .set("doublings", MAX_DOUBLINGS)
                    .set("now", clock.instant())
                    .set("subject", one.subject())
                    .update();
        }
        return due;
    }

    /** The realm does not have it any more. */
    public void done(Due one) {
        sql.in(one.domainId())
                .statement("update removed_subject set next_attempt = null"
                        + " where domain_id = :domain and subject = :subject")
                .set("subject", one.subject())
                .update();
    }
}

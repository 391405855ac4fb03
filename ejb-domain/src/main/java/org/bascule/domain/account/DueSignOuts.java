package org.bascule.domain.account;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.database.Sql;

/** Users whose sessions have ended here, and are still to be ended in their realm. */
@Stateless
public class DueSignOuts {

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
    private static final int MAX_DOUBLINGS = 8;
    private static final int AT_ONCE = 100;

    @Inject
    Sql sql;

    @Inject
    Clock clock;

    /** A user of a realm. */
    public record Due(String domainId, String subject) {}

    /** Notes a user before the realm is asked the first time, in the transaction in which sessions end here. */
    public void add(String domainId, String subject) {
        sql.in(domainId)
                .statement(
                        """
                        insert into sign_out_due (domain_id, subject, next_attempt) values (:domain, :subject, :next)
                        on duplicate key update next_attempt = :next, attempts = 0""")
                .set("subject", subject)
                .set("next", clock.instant().plus(FIRST_PAUSE))
                .update();
    }

    /** The realm has done it, or is about to be asked by who says so. Waits for a retry that is under way. Returns whether it was due. */
    public boolean remove(String domainId, String subject) {
        // a delete of what is not there would keep everybody else from adding
        boolean there = sql.in(domainId)
                .statement("select 1 from sign_out_due where domain_id = :domain and subject = :subject")
                .set("subject", subject)
                .first(row -> row.number(1))
                .isPresent();
        return there
                && sql.in(domainId)
                                .statement("delete from sign_out_due where domain_id = :domain and subject = :subject")
                                .set("subject", subject)
                                .update()
                        == 1;
    }

    /** Those that are due, those that have waited longest first. */
    public List<Due> due() {
        return sql.acrossDomains()
                .statement("select domain_id, subject from sign_out_due where next_attempt <= :now"
                        + " order by next_attempt limit :rows")
                .set("now", clock.instant())
                .set("rows", AT_ONCE)
                .list(row -> new Due(row.text(1), row.text(2)));
    }

    /**
     * Keeps others from the work on one until the transaction ends, also who switches the account on meanwhile.
     *
     * @return whether the account is to be switched off as well; empty if it is not due any more, or another node has it
     */
    public Optional<Boolean> lock(Due one) {
        boolean mine = sql.in(one.domainId())
                .statement("select 1 from sign_out_due where domain_id = :domain and subject = :subject"
                        + " and next_attempt <= :now for update skip locked")
                .set("subject", one.subject())
                .set("now", clock.instant())
                .first(row -> row.number(1))
                .isPresent();
        if (!mine) {
            return Optional.empty();
        }
        return Optional.of(sql.in(one.domainId())
                .statement("select 1 from user_ref where domain_id = :domain and subject = :subject and not enabled")
                .set("subject", one.subject())
                .first(row -> row.number(1))
                .isPresent());
    }

    /** It failed, and is tried again later, each time after twice as long, up to three quarters of an hour. */
    public void later(Due one) {
        sql.in(one.domainId())
                .statement(
                        """
                        update sign_out_due set
                          next_attempt = timestampadd(second, :first * pow(2, least(attempts, :doublings)), :now),
                          attempts = attempts + 1
                        where domain_id = :domain and subject = :subject""")
                .set("first", FIRST_PAUSE.toSeconds())
                .set("doublings", MAX_DOUBLINGS)
                .set("now", clock.instant())
                .set("subject", one.subject())
                .update();
    }
}

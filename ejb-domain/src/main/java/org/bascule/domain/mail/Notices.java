package org.bascule.domain.mail;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.configuration.IdentitySettings;
import org.bascule.domain.database.Sql;
import org.bascule.domain.id.Uuid7;
import org.jspecify.annotations.Nullable;

/** The queue of notices, in the database. */
@ApplicationScoped
public class Notices {

    /** Also for how long a node may take to send one. */
    private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);

    private static final int MAX_DOUBLINGS = 7;

    /** The last one is about a day after the first. */
    static final int MAX_ATTEMPTS = 18;

    @Inject
    Sql sql;

    @Inject
    IdentitySettings identity;

    @Inject
    Uuid7 ids;

    @Inject
    Clock clock;

    /** Whether anything is sent at all. */
    public boolean areSent() {
        return identity.mail().isPresent();
    }

    /**
     * Queues a notice in the present transaction; nothing where the installation sends no e-mail.
     *
     * @param subject the user's id in the realm, which is asked for the address when the notice is sent
     * @param about when what it tells of was done, or will happen
     */
    public void add(String domainId, Notice notice, String subject, String userName, Instant about) {
        queue(domainId, notice, subject, userName, null, about);
    }

    /** The same to an address that the realm does not know any more. */
    public void addTo(String address, String domainId, Notice notice, String subject, String userName, Instant about) {
        queue(domainId, notice, subject, userName, address, about);
    }

    private void queue(
            String domainId, Notice notice, String subject, String userName, @Nullable String address, Instant about) {
        if (!areSent()) {
            return;
        }
        sql.in(domainId)
                .statement(
                        """
                        insert into notice (id, domain_id, kind, subject, user_name, address, about, next_attempt)
                        values (:id, :domain, :kind, :subject, :name, :address, :about, :now)""")
                .set("id", ids.next())
                .set("kind", notice.code())
                .set("subject", subject)
                .set("name", userName)
                .set("address", address)
                .set("about", about)
                .set("now", clock.instant())
                .update();
    }

    /** A notice to be sent now. */
    public record Due(
            String id,
            String domainId,
            Notice notice,
            String subject,
            String userName,
            @Nullable String address,
            Instant about,
            int attempt) {

        boolean isLast() {
            return attempt >= MAX_ATTEMPTS;
        }
    }

    /**
     * Takes the one that has waited longest; it is due again a while later, unless {@link #done} is said.
     *
     * @param without ids of domains whose turn it is not
     */
    public Optional<Due> take(Set<String> without) {
        Optional<Due> due = sql.acrossDomains()
                .statement(
                        """
                        select id, domain_id, kind, subject, user_name, address, about, attempts from notice
                        where next_attempt <= :now and domain_id not in (:without)
                        order by next_attempt limit 1 for update skip locked""")
                .set("now", clock.instant())
                .set("without", without.isEmpty() ? Set.of("") : without)
                .first(row -> new Due(
                        row.text(1),
                        row.text(2),
                        Notice.ofCode(row.text(3)),
                        row.text(4),
                        row.text(5),
                        row.textOrNull(6),
                        row.instant(7),
                        (int) row.number(8) + 1));
        due.ifPresent(one -> sql.in(one.domainId())
                .statement("update notice set attempts = :attempt, next_attempt = :next"
                        + " where domain_id = :domain and id = :id")
                .set("attempt", one.attempt())
                .set(
                        "next",
                        clock.instant()
                                .plus(FIRST_PAUSE.multipliedBy(1L << Math.min(one.attempt() - 1, MAX_DOUBLINGS))))
                .set("id", one.id())
                .update());
        return due;
    }

    /** It was sent, or is not sent any more. */
    public void done(Due one) {
        sql.in(one.domainId())
                .statement("delete from notice where domain_id = :domain and id = :id")
                .set("id", one.id())
                .update();
    }
}

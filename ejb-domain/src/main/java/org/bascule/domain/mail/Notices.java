package org.bascule.domain.mail;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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

    /** From one mail about a domain to the next. */
    public static final Duration PACE = Duration.ofMinutes(10);

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

    /**
     * Adds to what these addresses are told of a domain: to the mail that waits for an address, or to one of its own. Whoever calls this or {@link #withdraw} holds the
     * lock of the domain's options.
     *
     * @param notBefore when a mail goes that did not wait yet
     * @return whether there is such a mail
     */
    public boolean tell(String domainId, Collection<String> addresses, Digest news, Instant notBefore) {
        Map<String, Waiting> waiting = waiting(domainId);
        Set<String> told = ignoringCase(addresses);
        told.retainAll(waiting.keySet());
        sql.in(domainId)
                .statement("update notice set digest = :digest where domain_id = :domain and id = :id")
                .updateEach(List.copyOf(told), (statement, address) -> {
                    Waiting mail = Objects.requireNonNull(waiting.get(address));
                    statement.set("digest", mail.digest().plus(news).toJson()).set("id", mail.id());
                });
        Set<String> others = ignoringCase(addresses);
        others.removeAll(waiting.keySet());
        sql.in(domainId)
                .statement(
                        """
                        insert into notice (id, domain_id, kind, subject, user_name, address, about, digest, next_attempt)
                        values (:id, :domain, :kind, '', '', :address, :now, :digest, :next)""")
                .set("kind", Notice.NOTIFICATIONS.code())
                .set("now", clock.instant())
                .set("digest", news.toJson())
                .set("next", notBefore)
                .updateEach(
                        List.copyOf(others),
                        (statement, address) -> statement.set("id", ids.next()).set("address", address));
        return !others.isEmpty();
    }

    /** Takes back what any of these addresses was not told yet, and returns it. */
    public Digest withdraw(String domainId, Collection<String> addresses) {
        Map<String, Waiting> waiting = waiting(domainId);
        waiting.keySet().retainAll(ignoringCase(addresses));
        sql.in(domainId)
                .statement("delete from notice where domain_id = :domain and id = :id")
                .updateEach(List.copyOf(waiting.values()), (statement, mail) -> statement.set("id", mail.id()));
        return waiting.values().stream().map(Waiting::digest).reduce(Digest.EMPTY, Digest::or);
    }

    private record Waiting(String id, String address, Digest digest) {}

    private Map<String, Waiting> waiting(String domainId) {
        Map<String, Waiting> waiting = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        sql.in(domainId)
                .statement("select id, address, digest from notice"
                        + " where domain_id = :domain and kind = :kind order by id for update")
                .set("kind", Notice.NOTIFICATIONS.code())
                .list(row -> new Waiting(row.text(1), row.text(2), Digest.ofJson(row.text(3))))
                .forEach(mail -> waiting.put(mail.address(), mail));
        return waiting;
    }

    private static Set<String> ignoringCase(Collection<String> addresses) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(addresses);
        return set;
    }

    /**
     * A notice to be sent now.
     *
     * @param digest for {@link Notice#NOTIFICATIONS}, of which subject and name are empty
     */
    public record Due(
            String id,
            String domainId,
            Notice notice,
            String subject,
            String userName,
            @Nullable String address,
            Instant about,
            @Nullable Digest digest,
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
                        select id, domain_id, kind, subject, user_name, address, about, digest, attempts from notice
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
                        digest(row.textOrNull(8)),
                        (int) row.number(9) + 1));
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

    private static @Nullable Digest digest(@Nullable String json) {
        return json == null ? null : Digest.ofJson(json);
    }

    /** It was sent, or is not sent any more. What was added to it in the meantime goes with a later one. */
    public void done(Due one) {
        if (one.digest() != null) {
            // the options first and the notice then, as whoever adds to it; the pace counts from what was sent
            sql.in(one.domainId())
                    .statement("update domain_option"
                            + " set next_notification = greatest(coalesce(next_notification, :next), :next)"
                            + " where domain_id = :domain")
                    .set("next", clock.instant().plus(PACE))
                    .update();
        }
        Digest left = left(one);
        if (left.isEmpty()) {
            sql.in(one.domainId())
                    .statement("delete from notice where domain_id = :domain and id = :id")
                    .set("id", one.id())
                    .update();
        } else {
            sql.in(one.domainId())
                    .statement("update notice set digest = :digest, attempts = 0, next_attempt = :next"
                            + " where domain_id = :domain and id = :id")
                    .set("digest", left.toJson())
                    .set("next", clock.instant().plus(PACE))
                    .set("id", one.id())
                    .update();
        }
    }

    private Digest left(Due one) {
        Digest told = one.digest();
        return told == null
                ? Digest.EMPTY
                : sql.in(one.domainId())
                        .statement("select digest from notice where domain_id = :domain and id = :id for update")
                        .set("id", one.id())
                        .first(row -> Digest.ofJson(row.text(1)).minus(told))
                        .orElse(Digest.EMPTY);
    }
}

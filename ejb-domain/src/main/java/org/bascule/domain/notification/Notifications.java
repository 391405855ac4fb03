package org.bascule.domain.notification;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.directory.Names;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.mail.Digest;
import org.bascule.domain.mail.Notices;
import org.bascule.domain.mail.Topic;
import org.bascule.domain.options.AddressesChanged;
import org.bascule.domain.options.Options;
import org.jspecify.annotations.Nullable;

/**
 * Notes what needs somebody, in the transaction that does it, and adds it to the mails to the addresses of the domain's options. That is a step of its own, because it takes
 * locks, for which no device and nobody who asks for access shall wait.
 */
@ApplicationScoped
public class Notifications {

    private static final Logger LOG = System.getLogger(Notifications.class.getName());
    private static final int DOMAINS = 100;
    private static final int ROWS = 1_000;

    /** Characters of a name in a mail. */
    private static final int MAX_NAME = 100;

    @Inject
    Sql sql;

    @Inject
    Options options;

    @Inject
    Notices notices;

    @Inject
    Transactions transactions;

    @Inject
    Uuid7 ids;

    @Inject
    Clock clock;

    /** A device asks for help. */
    public void assistance(@Observes LiveEvent.AssistanceChanged event) {
        if (event.state().equals("open")) {
            note(event.domainId(), Topic.ASSISTANCE, event.deviceUid());
        }
    }

    /** Somebody asks for access. */
    public void access(@Observes LiveEvent.AccessRequested event) {
        if (event.state().equals("open")) {
            note(event.domainId(), Topic.ACCESS, event.resourceId());
        }
    }

    /** Something is wrong with a device. */
    public void alarm(@Observes LiveEvent.DeviceAlarm event) {
        note(event.domainId(), Topic.ofCode(event.kind()), event.uid());
    }

    private void note(String domainId, Topic topic, String resourceId) {
        if (addresses(domainId).isEmpty()) {
            return;
        }
        sql.in(domainId)
                .statement("insert into notification (id, domain_id, topic, resource_id, created)"
                        + " values (:id, :domain, :topic, :resource, :now)")
                .set("id", ids.next())
                .set("topic", topic.code())
                .set("resource", resourceId)
                .set("now", clock.instant())
                .update();
    }

    private List<String> addresses(String domainId) {
        return notices.areSent() ? options.of(domainId).notificationAddresses() : List.of();
    }

    /** What former addresses were not told yet goes to those that have come in their place. */
    public void readdress(@Observes AddressesChanged event) {
        Digest untold = notices.withdraw(event.domainId(), without(event.before(), event.after()));
        Set<String> added = without(event.after(), event.before());
        if (!untold.isEmpty() && !added.isEmpty()) {
            tell(event.domainId(), added, untold);
        }
    }

    private static Set<String> without(List<String> addresses, List<String> others) {
        Set<String> left = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        left.addAll(addresses);
        others.forEach(left::remove);
        return left;
    }

    /** Called again and again, on every node. */
    public void sweep() {
        List<String> domains = sql.acrossDomains()
                .statement("select distinct domain_id from notification order by domain_id limit :limit")
                .set("limit", DOMAINS)
                .list(row -> row.text(1));
        for (String domainId : domains) {
            try {
                transactions.<Boolean, RuntimeException>inNew(() -> {
                    gather(domainId);
                    return true;
                });
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "notifications of the domain " + domainId + " wait", e);
            }
        }
    }

    private record Noted(String id, Topic topic, String resourceId, @Nullable String name, Instant created) {}

    private static Noted noted(Row row) {
        return new Noted(row.text(1), Topic.ofCode(row.text(2)), row.text(3), row.textOrNull(4), row.instant(5));
    }

    /** Nodes take turns by the lock of the domain's options, which is there where addresses are; what is read after it, the one before has left. */
    private void gather(String domainId) {
        boolean turn = sql.in(domainId)
                .statement("select domain_id from domain_option where domain_id = :domain for update skip locked")
                .first(row -> row.text(1))
                .isPresent();
        if (!turn) {
            // another node, or a change of the options: other domains do not wait for it, the next sweep comes back
            return;
        }
        List<Noted> noted = sql.in(domainId)
                .statement(
                        """
                        select n.id, n.topic, n.resource_id, r.name, n.created
                        from notification n left join resource r on r.domain_id = n.domain_id and r.id = n.resource_id
                        where n.domain_id = :domain order by n.id limit :limit""")
                .set("limit", ROWS)
                .list(Notifications::noted);
        Digest news = Digest.of(noted.stream().flatMap(Notifications::line).toList());
        List<String> addresses = addresses(domainId);
        if (!news.isEmpty() && !addresses.isEmpty()) {
            tell(domainId, addresses, news);
        }
        if (!noted.isEmpty()) {
            sql.in(domainId)
                    .statement("delete from notification where domain_id = :domain and id in (:ids)")
                    .set("ids", noted.stream().map(Noted::id).toList())
                    .update();
        }
    }

    /** Nothing of what has been removed in the meantime. */
    private static Stream<Digest.Line> line(Noted noted) {
        return Stream.ofNullable(noted.name())
                .map(name -> new Digest.Line(
                        noted.topic(), noted.resourceId(), Names.cleaned(name, "?", MAX_NAME), 1, noted.created()));
    }

    private void tell(String domainId, Collection<String> addresses, Digest news) {
        Instant now = clock.instant();
        Instant next = sql.in(domainId)
                .statement("select next_notification from domain_option where domain_id = :domain")
                .<Optional<Instant>>first(row -> Optional.ofNullable(row.instantOrNull(1)))
                .flatMap(planned -> planned)
                .filter(now::isBefore)
                .orElse(now);
        if (notices.tell(domainId, addresses, news, next)) {
            sql.in(domainId)
                    .statement("update domain_option set next_notification = :next where domain_id = :domain")
                    .set("next", next.plus(Notices.PACE))
                    .update();
        }
    }
}

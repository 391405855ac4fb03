package org.bascule.domain.identity;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.identity.RealmEvent.Source;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * Takes over into the audit log what happens in the realms (requirement AUD-2): each realm is asked for events since a little before the newest one that was stored, in
 * pages until there are no more, however long nobody asked; each event is stored once. A realm says itself when something happened, and is asked at once;
 * the others only now and then, so that many domains cost little. The realm's list is the one source for logins, failures, log-outs and what users
 * change of their accounts, so that nothing is missing that happened while this server was away. While the provider is away, it is asked less and less often.
 */
@ApplicationScoped
public class LoginEvents {

    private static final Logger LOG = System.getLogger(LoginEvents.class.getName());

    /** Events become visible a little later than their time says. */
    static final Duration OVERLAP = Duration.ofSeconds(60);
    /** Some much later: now and then, and after a start, more is read again. */
    static final Duration DEEP = Duration.ofMinutes(15);

    private static final Duration EACH_DEEP = Duration.ofMinutes(5);
    /** As many events in one millisecond are none that somebody caused. */
    private static final int MAX_PAGE = 10_000;

    @Inject
    Settings settings;

    @Inject
    Identities identities;

    @Inject
    LoginEventStore store;

    @Inject
    Clock clock;

    @Inject
    Turns turns;

    /** When more was read last, by domain. */
    private final Map<String, Instant> deep = new ConcurrentHashMap<>();

    /** Domains by id. */
    private final Set<String> woken = ConcurrentHashMap.newKeySet();

    /** Asks every realm whose turn it is: all of them after a start, and from then on a few at a time. Called every five seconds. */
    public void poll() {
        settings.loginEvents().ifPresent(access -> {
            List<DomainReference> domains = identities.domains();
            Set<String> ids = domains.stream().map(DomainReference::id).collect(Collectors.toSet());
            turns.retain(ids);
            deep.keySet().retainAll(ids);
            domains.stream().filter(domain -> turns.take(domain.id())).forEach(domain -> read(access, domain));
        });
    }

    /** Something has happened in the realm of a domain: it is asked at the next opportunity, within a second. */
    public void wake(String domainId) {
        woken.add(domainId);
    }

    /** Asks the realms in which something has happened, also one that did not answer before: it does something. Called every second. */
    public void pollWoken() {
        settings.loginEvents().ifPresent(access -> {
            for (String id : List.copyOf(woken)) {
                woken.remove(id);
                identities.domainOfId(id).ifPresent(domain -> {
                    turns.woken(id);
                    read(access, domain);
                });
            }
        });
    }

    private void read(Settings.LoginEvents access, DomainReference domain) {
        try {
            read(new RealmEvents(settings.keycloakUrl(), domain.realm(), access.clientId(), secret(access)), domain);
            turns.worked(domain.id());
        } catch (IOException | WireException | RuntimeException e) {
            Duration pause = turns.failed(domain.id());
            LOG.log(
                    pause.equals(Turns.FIRST_PAUSE) ? Level.WARNING : Level.DEBUG,
                    "login events of realm {0} cannot be read, next attempt in {1} s: {2}",
                    domain.realm(),
                    pause.toSeconds(),
                    e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String secret(Settings.LoginEvents access) throws IOException {
        return Files.readString(access.secretFile()).strip();
    }

    private void read(RealmEvents realm, DomainReference domain)
            throws IOException, WireException, InterruptedException {
        Instant now = clock.instant();
        @Nullable Instant last = deep.get(domain.id());
        boolean again = last == null || !now.isBefore(last.plus(EACH_DEEP));
        for (Source source : Source.values()) {
            Instant newest = store.newest(domain.id(), source);
            // an event from the future must not hide those of the present
            Instant from = (newest.isBefore(now) ? newest : now).minus(again ? DEEP : OVERLAP);
            read(realm, source, domain, from);
            store.forget(domain.id(), source, from.minus(DEEP));
        }
        if (again) {
            deep.put(domain.id(), now);
        }
    }

    /** Goes on from the last event of each page and not by number: whatever comes in between moves nothing. */
    private void read(RealmEvents realm, Source source, DomainReference domain, Instant from)
            throws IOException, WireException, InterruptedException {
        Instant since = from;
        int max = RealmEvents.PAGE;
        while (max <= MAX_PAGE) {
            List<RealmEvent> events = realm.events(source, since, max);
            events.forEach(event -> store.record(domain, source, event));
            if (events.size() < max) {
                return;
            }
            Instant last = events.get(events.size() - 1).time();
            // a page of one millisecond may go on within it
            max = last.isAfter(since) ? RealmEvents.PAGE : max * 2;
            since = last;
        }
        throw new IOException("more than %d events in one millisecond".formatted(MAX_PAGE));
    }
}

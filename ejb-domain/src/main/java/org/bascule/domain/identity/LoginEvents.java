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
import org.bascule.domain.configuration.Settings;
import org.bascule.wire.WireException;

/**
 * Takes over into the audit log what the identity provider alone knows of: failed logins, and logins and log-outs of the command line. Each realm is asked for events
 * since a little before the newest one that was stored; each event is stored once. While the provider is away, it is asked less and less often.
 */
@ApplicationScoped
public class LoginEvents {

    private static final Logger LOG = System.getLogger(LoginEvents.class.getName());

    /** Events become visible a little later than their time says. */
    static final Duration OVERLAP = Duration.ofSeconds(60);
    /** What is asked for when nothing was stored yet. */
    static final Duration FIRST = Duration.ofHours(1);

    private static final Duration MAX_PAUSE = Duration.ofMinutes(2);
    private static final int MAX_PAGES = 10;

    @Inject
    Settings settings;

    @Inject
    Identities identities;

    @Inject
    LoginEventStore store;

    @Inject
    Clock clock;

    private final Map<String, Pause> pauses = new ConcurrentHashMap<>();

    /** Domains by id. */
    private final Set<String> woken = ConcurrentHashMap.newKeySet();

    private record Pause(Instant until, Duration length) {}

    /** Asks every realm once. Called every five seconds. */
    public void poll() {
        settings.loginEvents().ifPresent(access -> {
            for (DomainReference domain : identities.domains()) {
                poll(access, domain);
            }
        });
    }

    /** Something has happened in the realm of a domain: it is asked at the next opportunity, within a second. */
    public void wake(String domainId) {
        woken.add(domainId);
    }

    /** Asks the realms in which something has happened. Called every second. */
    public void pollWoken() {
        settings.loginEvents().ifPresent(access -> {
            for (String id : List.copyOf(woken)) {
                woken.remove(id);
                identities.domainOfId(id).ifPresent(domain -> poll(access, domain));
            }
        });
    }

    /** Asks one realm, unless it is to be left alone for a while. */
    void poll(Settings.LoginEvents access, DomainReference domain) {
        Pause pause = pauses.get(domain.id());
        if (pause != null && clock.instant().isBefore(pause.until())) {
            return;
        }
        try {
            read(new RealmEvents(settings.keycloakUrl(), domain.realm(), access.clientId(), secret(access)), domain);
            pauses.remove(domain.id());
        } catch (IOException | WireException e) {
            Duration length =
                    pause == null ? Duration.ofSeconds(5) : min(pause.length().multipliedBy(2));
            pauses.put(domain.id(), new Pause(clock.instant().plus(length), length));
            LOG.log(
                    pause == null ? Level.WARNING : Level.DEBUG,
                    "login events of realm {0} cannot be read, next attempt in {1} s: {2}",
                    domain.realm(),
                    length.toSeconds(),
                    e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Duration min(Duration length) {
        return length.compareTo(MAX_PAUSE) < 0 ? length : MAX_PAUSE;
    }

    private static String secret(Settings.LoginEvents access) throws IOException {
        return Files.readString(access.secretFile()).strip();
    }

    private void read(RealmEvents realm, DomainReference domain)
            throws IOException, WireException, InterruptedException {
        Instant since = store.newest(domain.id())
                .map(time -> time.minus(OVERLAP))
                .orElseGet(() -> clock.instant().minus(FIRST));
        for (int page = 0; page < MAX_PAGES; page++) {
            List<RealmEvent> events = realm.events(since, page);
            events.forEach(event -> store.record(domain.id(), event));
            if (events.size() < RealmEvents.PAGE) {
                break;
            }
        }
        store.forget(domain.id(), since.minus(OVERLAP));
    }
}

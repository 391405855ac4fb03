package org.bascule.domain.relay;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.pki.Installation;
import org.bascule.domain.pki.Signers;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.registry.RelayList;
import org.bascule.wire.relay.ProbeToken;
import org.bascule.wire.session.RelayAddress;
import org.jspecify.annotations.Nullable;

/** What the ends are told of the relays, so that they can measure the ways: signed once for all of them, anew with every change and every {@link #REFRESH}. */
@ApplicationScoped
public class RelayLists {

    /** So often an end hears anew, because of the probe token. */
    public static final Duration REFRESH = Duration.ofMinutes(10);

    @Inject
    RelayDirectory directory;

    @Inject
    Installation installation;

    @Inject
    Signers signers;

    @Inject
    Clock clock;

    @Inject
    Event<LiveEvent> live;

    // guarded by this
    private @Nullable Current current;
    private List<Known> told = List.of();

    /**
     * A list in force.
     *
     * @param number that of the signed list
     * @param signed for agents ({@link RelayList})
     * @param probe for everybody ({@link ProbeToken})
     */
    public record Current(long number, List<LiveRelay> relays, String signed, String probe) {

        @Override
        public String toString() {
            return "Current[" + number + ", REDACTED]";
        }
    }

    /** What an end knows of a relay: load does not make another list. */
    private record Known(String id, String name, String region, String url, String nativeUrl) {

        static List<Known> of(List<LiveRelay> relays) {
            return relays.stream()
                    .map(relay -> new Known(relay.id(), relay.name(), relay.region(), relay.url(), relay.nativeUrl()))
                    .toList();
        }
    }

    /** The list in force; {@code UNAVAILABLE} while the key set is not signed. */
    public Current current() throws RefusedException {
        // may ask the database: nobody else waits for that
        return of(relays());
    }

    private synchronized Current of(List<LiveRelay> relays) throws RefusedException {
        Instant now = clock.instant();
        Current present = current;
        if (present != null
                && Known.of(present.relays()).equals(Known.of(relays))
                && now.toEpochMilli() - present.number() < REFRESH.toMillis()) {
            return present;
        }
        long number = Math.max(now.toEpochMilli(), present == null ? 0 : present.number() + 1);
        Current made = make(number, now.truncatedTo(ChronoUnit.SECONDS), relays);
        current = made;
        return made;
    }

    private List<LiveRelay> relays() {
        List<LiveRelay> relays = directory.candidates();
        return relays.size() <= RelayList.MAX_RELAYS ? relays : relays.subList(0, RelayList.MAX_RELAYS);
    }

    private Current make(long number, Instant now, List<LiveRelay> relays) throws RefusedException {
        String probe = signers.sign(new ProbeToken(
                now, now.plus(ProbeToken.VALIDITY), UUID.randomUUID().toString()));
        String list = signers.sign(new RelayList(
                number,
                now,
                now.plus(RelayList.VALIDITY),
                relays.stream()
                        .map(relay ->
                                new RelayList.Entry(new RelayAddress(relay.id(), relay.nativeUrl()), relay.region()))
                        .toList(),
                probe));
        return new Current(number, relays, list, probe);
    }

    /** The same for those who can wait for it. */
    public Optional<Current> ifSigned() {
        if (installation.keySet().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(current());
        } catch (RefusedException e) {
            return Optional.empty();
        }
    }

    /** Tells pages when something has changed. Called every second. */
    public void sweep() {
        if (isNews(Known.of(relays()))) {
            live.fire(new LiveEvent.RelaysChanged());
        }
    }

    private synchronized boolean isNews(List<Known> relays) {
        if (told.equals(relays)) {
            return false;
        }
        told = relays;
        return true;
    }
}

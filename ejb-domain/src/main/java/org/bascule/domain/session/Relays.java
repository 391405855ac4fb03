package org.bascule.domain.session;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.relay.FixedRelays;
import org.bascule.domain.relay.LiveRelay;
import org.bascule.domain.relay.RelayDirectory;
import org.bascule.wire.SessionId;
import org.bascule.wire.registry.RelayList;
import org.bascule.wire.session.RelayAddress;
import org.bascule.wire.session.ReserveRelay;

/** The relays of the installation, and which one a session uses. */
@ApplicationScoped
public class Relays {

    /** An end that could not measure a relay is taken to be far from it. */
    private static final long UNMEASURED_MILLIS = 1_000;

    @Inject
    RelayDirectory directory;

    @Inject
    FixedRelays fixed;

    /**
     * Where sessions of a user on a device may go: to the relay that is set for them ({@link FixedRelays}), else to every one that is there.
     *
     * @throws RefusedException if the one that is set is none any more
     */
    List<LiveRelay> usable(String domainId, String deviceUid, String userId) throws RefusedException {
        Optional<String> set = fixed.of(domainId, deviceUid, userId);
        if (set.isEmpty()) {
            return directory.candidates();
        }
        return List.of(directory.all().stream()
                .filter(relay -> relay.id().equals(set.get()))
                .findFirst()
                .orElseThrow(() -> notThere(set.get())));
    }

    private static RefusedException notThere(String relay) {
        return new RefusedException(
                Problem.UNAVAILABLE, "The relay %s, which is set for this device or this user, is not there.", relay);
    }

    /**
     * Where a client may be sent to, first where it will be if nobody measures anything.
     *
     * @throws RefusedException if there is one to use alone, and that is away
     */
    List<RelayAddress> addresses(List<LiveRelay> usable, SessionId sid, ClientKind client) throws RefusedException {
        if (usable.size() == 1 && usable.get(0).away() && directory.all().size() > 1) {
            throw notThere(usable.get(0).id());
        }
        return usable.stream()
                .sorted(byWay(sid, Map.of(), Map.of()))
                .limit(RelayList.MAX_RELAYS)
                .map(relay -> address(relay, client))
                .toList();
    }

    static RelayAddress address(LiveRelay relay, ClientKind client) {
        return new RelayAddress(relay.id(), client == ClientKind.BROWSER ? relay.url() : relay.nativeUrl());
    }

    /** The relay with the shortest way from end to end, a busy one counting as farther and a full one as the last; among equals the session's id decides, so that load spreads. */
    Optional<LiveRelay> choose(
            List<LiveRelay> usable, SessionId sid, Map<String, Long> client, Map<String, Long> device) {
        return usable.stream().min(byWay(sid, client, device));
    }

    /** A session begins there: the next one is chosen knowing it. */
    void taken(LiveRelay relay) {
        directory.given(relay.id());
    }

    /**
     * The relays at which a session goes on when it has lost its own, best first: the chosen one and the next best.
     *
     * @param client round trips in milliseconds as the client measured them, {@code device} as the device did
     */
    List<LiveRelay> reserve(List<LiveRelay> usable, SessionId sid, Map<String, Long> client, Map<String, Long> device) {
        return usable.stream()
                .sorted(byWay(sid, client, device))
                .limit(ReserveRelay.MAX)
                .toList();
    }

    /**
     * The same for an end that has tokens: its relays in its order, without the struck ones, filled up by an order that depends on the session alone. So both ends keep lists alike.
     *
     * @param held ids
     * @param struck ids
     */
    List<LiveRelay> reserve(List<LiveRelay> usable, SessionId sid, List<String> held, List<String> struck) {
        Comparator<LiveRelay> order = Comparator.<LiveRelay>comparingInt(
                        relay -> held.contains(relay.id()) ? held.indexOf(relay.id()) : Integer.MAX_VALUE)
                .thenComparing(bySession(sid));
        List<LiveRelay> good =
                usable.stream().filter(relay -> !struck.contains(relay.id())).toList();
        return (good.isEmpty() ? usable : good)
                .stream().sorted(order).limit(ReserveRelay.MAX).toList();
    }

    private static Comparator<LiveRelay> byWay(SessionId sid, Map<String, Long> client, Map<String, Long> device) {
        return Comparator.comparing(LiveRelay::isFull)
                .thenComparingLong(relay -> way(relay, client) + way(relay, device) + relay.penalty())
                .thenComparing(bySession(sid));
    }

    private static Comparator<LiveRelay> bySession(SessionId sid) {
        return Comparator.comparingInt(relay -> mixed((sid.hex() + relay.id()).hashCode()));
    }

    /** Texts that differ in their last character have neighbours for hashes: without this the same relay is always the first. The last step of MurmurHash3. */
    private static int mixed(int hash) {
        int mixed = (hash ^ (hash >>> 16)) * 0x85ebca6b;
        mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2ae35;
        return mixed ^ (mixed >>> 16);
    }

    private static long way(LiveRelay relay, Map<String, Long> measured) {
        return measured.getOrDefault(relay.id(), UNMEASURED_MILLIS);
    }
}

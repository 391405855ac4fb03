package org.bascule.domain.session;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bascule.domain.configuration.Settings;
import org.bascule.wire.SessionId;
import org.bascule.wire.session.RelayAddress;

/** The relays of the installation, and which one a session uses. */
@ApplicationScoped
public class Relays {

    /** An end that could not measure a relay is taken to be far from it. */
    private static final long UNMEASURED_MILLIS = 1_000;

    @Inject
    Settings settings;

    /** Where a client may be sent to, first where it will be if nobody measures anything. */
    List<RelayAddress> addresses(SessionId sid, ClientKind client) {
        return settings.relays().stream()
                .sorted(byWay(sid, Map.of(), Map.of()))
                .map(relay -> address(relay, client))
                .toList();
    }

    private static RelayAddress address(Settings.Relay relay, ClientKind client) {
        return new RelayAddress(relay.id(), client == ClientKind.BROWSER ? relay.url() : relay.nativeUrl());
    }

    /** The relay with the shortest way from end to end; among equals the session's id decides, so that load spreads. */
    Optional<Settings.Relay> choose(SessionId sid, Map<String, Long> client, Map<String, Long> device) {
        return settings.relays().stream().min(byWay(sid, client, device));
    }

    private static Comparator<Settings.Relay> byWay(SessionId sid, Map<String, Long> client, Map<String, Long> device) {
        return Comparator.<Settings.Relay>comparingLong(relay -> way(relay, client) + way(relay, device))
                .thenComparingInt(relay -> (sid.hex() + relay.id()).hashCode());
    }

    private static long way(Settings.Relay relay, Map<String, Long> measured) {
        return measured.getOrDefault(relay.id(), UNMEASURED_MILLIS);
    }
}

package org.bascule.domain.relay;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Operators;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.registry.HeartbeatAnswer.State;
import org.bascule.wire.registry.RelayDescription;
import org.bascule.wire.registry.RelayList;
import org.jspecify.annotations.Nullable;

/** What the operator does with relays. Nobody else is told which there are. */
@Stateless
public class RelayOperations {

    @Inject
    Settings settings;

    @Inject
    Operators operators;

    @Inject
    Authorization authorization;

    @Inject
    RelayStore store;

    @Inject
    RelayDirectory directory;

    @Inject
    RelayRecords records;

    @Inject
    Clock clock;

    /** One page of the relays, those of the configuration and those that made themselves known, by id. */
    public Slice<RelayView> list(Caller caller, Cursor cursor) throws RefusedException {
        operators.requireToSee(caller);
        Instant now = clock.instant();
        String after = cursor.id(0);
        SortedMap<String, RelayView> views = new TreeMap<>();
        store.page(after, cursor.fetch(), now)
                .forEach(known -> views.put(known.relay().id(), view(known, now)));
        for (Settings.Relay fixed : settings.relays()) {
            if (after == null || fixed.id().compareTo(after) > 0) {
                // one whose row is on a later page is itself on a later page
                RelayView heard = views.get(fixed.id());
                views.put(
                        fixed.id(),
                        new RelayView(
                                fixed.id(),
                                fixed.url(),
                                fixed.nativeUrl(),
                                true,
                                heard == null ? null : heard.known(),
                                heard != null && heard.silent()));
            }
        }
        return cursor.slice(views.values().stream().limit(cursor.fetch()).toList(), view -> List.of(view.id()));
    }

    private static RelayView view(KnownRelay relay, Instant now) {
        return new RelayView(
                relay.relay().id(), relay.relay().url(), relay.relay().nativeUrl(), false, relay, relay.isSilent(now));
    }

    /**
     * From now on sessions use it.
     *
     * @param words of the key, as a person has compared them
     * @throws RefusedException {@code CONFLICT} if the relay has another key than that, is where none may be, or there are as many relays as a list has room for
     */
    public void approve(Caller caller, String id, String words) throws RefusedException {
        KnownRelay relay = required(caller, id);
        if (!relay.words().equals(words)) {
            throw new RefusedException(
                    Problem.CONFLICT, "The relay has another key than the one whose words were compared.");
        }
        if (relay.isApproved()) {
            return;
        }
        if (!settings.relayPolicy().permits(relay.relay().url(), relay.relay().nativeUrl())) {
            throw RelayRegistrations.withoutTls(Problem.CONFLICT);
        }
        if (store.approved().size() + settings.relays().size() >= RelayList.MAX_RELAYS) {
            throw new RefusedException(
                    Problem.CONFLICT, "An installation has at most %,d relays.", RelayList.MAX_RELAYS);
        }
        decide(caller, relay, State.APPROVED, Operation.RELAY_APPROVED);
    }

    /** It is told so, and its key keeps the id. */
    public void refuse(Caller caller, String id) throws RefusedException {
        KnownRelay relay = required(caller, id);
        if (relay.state() != State.REFUSED) {
            decide(caller, relay, State.REFUSED, Operation.RELAY_REFUSED);
        }
    }

    private void decide(Caller caller, KnownRelay relay, State state, Operation operation) {
        store.decide(relay.relay().id(), state);
        changed(caller, relay, operation, "state", relay.state().text(), state.text());
    }

    /** It is forgotten: if it still sends heartbeats it waits for approval again, as may another with this id. */
    public void remove(Caller caller, String id) throws RefusedException {
        KnownRelay relay = required(caller, id);
        store.remove(id);
        changed(caller, relay, Operation.RELAY_REMOVED, "state", relay.state().text(), null);
    }

    /** Empties it, or takes that back. */
    public void drain(Caller caller, String id, boolean drain) throws RefusedException {
        KnownRelay relay = required(caller, id);
        if (relay.drain() != drain) {
            store.drain(id, drain);
            changed(caller, relay, Operation.RELAY_DRAINED, "drain", relay.drain(), drain);
        }
    }

    private void changed(
            Caller caller,
            KnownRelay relay,
            Operation operation,
            String field,
            @Nullable Object before,
            @Nullable Object after) {
        records.record(
                caller.actor(),
                operation,
                relay.relay(),
                Changes.none().field(field, before, after).field("words", null, relay.words()));
        directory.forget();
    }

    private KnownRelay required(Caller caller, String id) throws RefusedException {
        operators.requireToSee(caller);
        authorization.requireOnDomain(caller, Permission.OPERATE_INSTALLATION);
        Optional<KnownRelay> relay = RelayDescription.isId(id) ? store.locked(id) : Optional.empty();
        return relay.orElseThrow(RefusedException::notFound);
    }
}

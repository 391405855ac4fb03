package org.bascule.relay.pairing;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bascule.wire.SessionId;
import org.bascule.wire.relay.RelayRole;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for whom. At most one party for each session and role; a later one is turned away without harm to the first, unless its attempt
 * is higher. What a party must be told is told by the caller, after the lock of this class was left.
 */
final class Meetings {

    /** What became of a party that came. */
    sealed interface Outcome {
        /** The place is taken by an attempt that is not lower. */
        record Taken() implements Outcome {}

        /** There are as many meetings as the relay allows. */
        record Full() implements Outcome {}

        /** Nobody is there yet. */
        record Waiting(Optional<Party> replaced, Optional<Party> widowed) implements Outcome {}

        /** The peer is there. */
        record Met(Optional<Party> replaced, Party peer) implements Outcome {}
    }

    private static final class Meeting {
        private final Map<RelayRole, Party> parties = new EnumMap<>(RelayRole.class);
        private boolean met;
    }

    private final int maxMeetings;

    // guarded by this
    private final Map<SessionId, Meeting> meetings = new HashMap<>();

    Meetings(int maxMeetings) {
        this.maxMeetings = maxMeetings;
    }

    synchronized Outcome join(Party party) {
        SessionId sid = party.token().sid();
        RelayRole role = party.token().role();
        Meeting meeting = meetings.get(sid);
        if (meeting == null && meetings.size() >= maxMeetings) {
            return new Outcome.Full();
        }
        if (meeting == null) {
            meeting = new Meeting();
            meetings.put(sid, meeting);
        }
        Party first = meeting.parties.get(role);
        if (first != null && party.token().attempt() <= first.token().attempt()) {
            return new Outcome.Taken();
        }
        Optional<Party> widowed = Optional.empty();
        if (meeting.met) {
            // the old pair ends: the peer's records belong to the transport that is replaced
            widowed = Optional.ofNullable(meeting.parties.remove(role.other()));
            meeting.met = false;
        }
        meeting.parties.put(role, party);
        Party peer = meeting.parties.get(role.other());
        if (peer == null) {
            return new Outcome.Waiting(Optional.ofNullable(first), widowed);
        }
        meeting.met = true;
        return new Outcome.Met(Optional.ofNullable(first), peer);
    }

    /** A party goes. Its peer, if they had met, goes with it and is returned. */
    synchronized Optional<Party> leave(Party party) {
        SessionId sid = party.token().sid();
        Meeting meeting = meetings.get(sid);
        if (meeting == null || !isThere(meeting, party)) {
            return Optional.empty();
        }
        RelayRole role = party.token().role();
        meeting.parties.remove(role);
        @Nullable Party peer = meeting.met ? meeting.parties.remove(role.other()) : null;
        meeting.met = false;
        if (meeting.parties.isEmpty()) {
            meetings.remove(sid);
        }
        return Optional.ofNullable(peer);
    }

    private static boolean isThere(Meeting meeting, Party party) {
        return meeting.parties.get(party.token().role()) == party;
    }

    synchronized int size() {
        return meetings.size();
    }
}

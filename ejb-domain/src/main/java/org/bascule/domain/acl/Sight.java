package org.bascule.domain.acl;

import java.time.Instant;
import java.util.BitSet;
import org.bascule.domain.identity.Caller;

/** What somebody sees in a state of a domain, with what he came with. */
final class Sight {

    private final RightsSnapshot state;
    private final RightsSnapshot.Principals who;
    private final Reach reach;
    private final Instant now;
    private final BitSet folders;

    Sight(RightsSnapshot state, Caller caller, Instant now) {
        this.state = state;
        this.who = state.principals(caller.userId());
        this.reach = Reach.of(caller.credential());
        this.now = now;
        this.folders =
                (BitSet) state.granted(who, Permission.SEE_RESOURCES, now).clone();
        folders.and(reach.folders(state, Permission.SEE_RESOURCES, -1));
    }

    /** By their numbers in this state. Not to be changed. */
    BitSet folders() {
        return folders;
    }

    /**
     * Whether a device, user or group is seen.
     *
     * @param ordinary where it is if nothing is special about it in this state
     */
    boolean shows(String thing, Placement ordinary) {
        Placement place = state.special().getOrDefault(thing, ordinary);
        Permission see = place.device() ? Permission.SEE_RESOURCES : Permission.SEE_USERS;
        return state.allows(who, see, thing, place, now) && reach.covers(state, see, thing, place);
    }
}

package org.bascule.domain.acl;

import org.bascule.domain.live.LiveEvent;

/** Calls the observers of {@link Snapshots} as the container does. */
public final class TestSnapshots {

    private TestSnapshots() {}

    public static void committed(Snapshots snapshots, LiveEvent event) {
        if (event instanceof LiveEvent.RightsChanged changed) {
            snapshots.changed(changed);
        } else if (event instanceof LiveEvent.ResourceMoved moved) {
            snapshots.moved(moved);
        } else if (event instanceof LiveEvent.DeviceRemoved removed) {
            snapshots.removed(removed);
        }
    }
}

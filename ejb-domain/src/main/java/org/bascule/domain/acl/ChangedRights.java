package org.bascule.domain.acl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A domain after a change that has not been made. */
final class ChangedRights {

    private final RightsSnapshot before;
    private final RightsReports.Change change;
    private final Gone gone;

    private ChangedRights(RightsSnapshot before, RightsReports.Change change, Gone gone) {
        this.before = before;
        this.change = change;
        this.gone = gone;
    }

    /**
     * What is deleted takes along what is about it and in it.
     *
     * @param places where everything is now that the change is about and that is no folder
     */
    static RightsSnapshot of(
            RightsSnapshot before, RightsReports.Change change, Gone gone, Map<String, Placement> places) {
        return new ChangedRights(before, change, gone).with(places);
    }

    private RightsSnapshot with(Map<String, Placement> places) {
        List<RightsSnapshot.Folder> tree = new ArrayList<>(before.folderCount());
        for (int i = 0; i < before.folderCount(); i++) {
            String id = before.folderId(i);
            if (!gone.folders().contains(id)) {
                tree.add(new RightsSnapshot.Folder(
                        id,
                        moved(id, before.parent(i) < 0 ? null : before.folderId(before.parent(i))),
                        change.inherit().getOrDefault(id, before.inherits(i))));
            }
        }
        Map<String, Placement> things = new HashMap<>(before.special());
        things.putAll(places);
        things.replaceAll((id, place) -> new Placement(
                moved(id, place.folder()), change.inherit().getOrDefault(id, place.inherits()), place.device()));
        Set<String> taken = new HashSet<>(gone.folders());
        taken.addAll(gone.principals());
        things.forEach((id, place) -> {
            String folder = place.folder();
            if (folder != null && gone.folders().contains(folder)) {
                taken.add(id);
            }
        });
        things.keySet().removeAll(taken);
        List<Entry> entries = new ArrayList<>(change.add());
        before.entries().stream()
                .filter(entry -> !change.remove().contains(entry.id()))
                .forEach(entries::add);
        entries.removeIf(entry -> taken.contains(entry.resource()) || taken.contains(entry.principal()));
        return new RightsSnapshot(before.version(), tree, memberships(), entries, things, before.confined());
    }

    private @Nullable String moved(String id, @Nullable String from) {
        String to = change.move().get(id);
        return to == null ? from : to;
    }

    private Set<Membership> memberships() {
        Set<Membership> memberships = before.memberships();
        memberships.addAll(change.join());
        memberships.removeAll(change.leave());
        memberships.removeIf(each ->
                gone.principals().contains(each.group()) || gone.principals().contains(each.member()));
        return memberships;
    }
}

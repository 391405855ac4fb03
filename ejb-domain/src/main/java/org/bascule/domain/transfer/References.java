package org.bascule.domain.transfer;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.bascule.domain.transfer.DirectoryState.Group;
import org.bascule.domain.transfer.DirectoryState.User;

/**
 * How a line names a resource: {@code folder:/Customer/Plant}, {@code group:/Technicians}, {@code user:anna}, {@code device:<id>}. Users whose
 * name is not the only one of its kind are named by id.
 */
final class References {

    static final String FOLDER = "folder:";
    static final String GROUP = "group:";
    static final String USER = "user:";
    static final String DEVICE = "device:";

    private final DirectoryState state;
    private final Map<String, Integer> names = new HashMap<>();

    References(DirectoryState state) {
        this.state = state;
        for (User user : state.users.values()) {
            if (state.seesPrincipal(user.id())) {
                names.merge(user.name(), 1, Integer::sum);
            }
        }
    }

    boolean isKnown(String id) {
        return state.folders.containsKey(id) && state.seesFolder(id)
                || state.devices.containsKey(id)
                || state.seesPrincipal(id);
    }

    String text(String id) {
        if (state.folders.containsKey(id)) {
            return FOLDER + state.folderPath(id);
        }
        Group group = state.groups.get(id);
        if (group != null) {
            return GROUP + state.path(group);
        }
        User user = state.users.get(id);
        if (user != null) {
            return USER + (names.getOrDefault(user.name(), 0) == 1 ? user.name() : id);
        }
        return DEVICE + id;
    }

    /** Parents before children, siblings by name. */
    static int compare(List<String> one, List<String> other) {
        Iterator<String> a = one.iterator();
        Iterator<String> b = other.iterator();
        while (a.hasNext() && b.hasNext()) {
            int order = a.next().compareTo(b.next());
            if (order != 0) {
                return order;
            }
        }
        return Boolean.compare(a.hasNext(), b.hasNext());
    }
}

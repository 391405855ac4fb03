package org.bascule.domain.transfer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.transfer.DirectoryState.Folder;
import org.jspecify.annotations.Nullable;

/**
 * The tree of folders as it is going to be. The paths of a file are those after the import: what a line of the file says about a path goes before
 * what is there now, so that folders can change places.
 */
final class FolderPlan {

    private final DirectoryState state;
    private final Map<String, Folder> planned;
    private final Map<String, String> declared = new HashMap<>();
    private final Set<String> placed = new HashSet<>();

    /** By parent, then name; folders whose parent is not visible are below the empty one. */
    private final Map<String, Map<String, List<String>>> present = new HashMap<>();

    private @Nullable String root;

    FolderPlan(DirectoryState state) {
        this.state = state;
        this.planned = new HashMap<>(state.folders);
        for (Folder folder : state.folders.values()) {
            if (folder.parent() == null) {
                root = folder.id();
            } else if (state.seesFolder(folder.id())) {
                String above = state.seesFolder(folder.parent()) ? folder.parent() : "";
                present.computeIfAbsent(above, id -> new HashMap<>())
                        .computeIfAbsent(folder.name(), name -> new ArrayList<>())
                        .add(folder.id());
            }
        }
    }

    Optional<String> visibleRoot() {
        return Optional.ofNullable(root).filter(state::seesFolder);
    }

    /** The folder that will be at a path; empty if none or more than one will. */
    Optional<String> at(List<String> names) {
        String known = declared.get(Paths.of(names));
        if (known != null) {
            return Optional.of(known);
        }
        if (names.isEmpty()) {
            return visibleRoot();
        }
        List<String> found = new ArrayList<>();
        String name = names.get(names.size() - 1);
        List<String> above = names.subList(0, names.size() - 1);
        at(above).ifPresent(parent -> found.addAll(unplaced(parent, name)));
        if (above.isEmpty()) {
            found.addAll(unplaced("", name));
        }
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    private List<String> unplaced(String parent, String name) {
        return present.getOrDefault(parent, Map.of()).getOrDefault(name, List.of()).stream()
                .filter(id -> !placed.contains(id))
                .toList();
    }

    boolean isDeclared(List<String> names) {
        return declared.containsKey(Paths.of(names));
    }

    void place(List<String> names, Folder folder) {
        declared.put(Paths.of(names), folder.id());
        placed.add(folder.id());
        planned.put(folder.id(), folder);
    }

    /** Whether a folder is to be in itself. */
    boolean isWithin(String folderId, @Nullable String parent) {
        String id = parent;
        while (id != null) {
            if (id.equals(folderId)) {
                return true;
            }
            Folder folder = planned.get(id);
            id = folder == null ? null : folder.parent();
        }
        return false;
    }

    /** Whether the caller holds something on a folder before the import; a new one has the rights of the one that it is in. */
    boolean holds(Permission permission, @Nullable String folderId) {
        String id = existing(folderId);
        return id != null && state.holds(permission, id);
    }

    /** The folder itself, or the nearest one above it that is there already. */
    @Nullable
    String existing(@Nullable String folderId) {
        String id = folderId;
        while (id != null && !state.folders.containsKey(id)) {
            Folder folder = planned.get(id);
            id = folder == null ? null : folder.parent();
        }
        return id;
    }

    @Nullable
    String parentOf(String folderId) {
        Folder folder = planned.get(folderId);
        return folder == null ? null : folder.parent();
    }

    /** All folders as they are going to be, also those that the importer does not see. */
    Collection<Folder> folders() {
        return planned.values();
    }

    /** Where a folder is going to be, as far as the importer sees. */
    String path(@Nullable String folderId) {
        List<String> names = new ArrayList<>();
        String id = folderId;
        while (id != null && (!state.folders.containsKey(id) || state.seesFolder(id))) {
            Folder folder = planned.get(id);
            if (folder == null || folder.parent() == null) {
                break;
            }
            names.add(0, folder.name());
            id = folder.parent();
        }
        return Paths.of(names);
    }

    /** The same, whatever the importer sees. */
    String wholePath(@Nullable String folderId) {
        return Paths.of(folderId, planned);
    }

    /** A folder and all above it before the import, nearest first. */
    List<String> chainBefore(String folderId) {
        return chain(state.folders, folderId);
    }

    /** The same after it. */
    List<String> chainAfter(String folderId) {
        return chain(planned, folderId);
    }

    private static List<String> chain(Map<String, Folder> folders, String folderId) {
        List<String> chain = new ArrayList<>();
        for (Folder folder = folders.get(folderId);
                folder != null && chain.size() <= folders.size();
                folder = folder.parent() == null ? null : folders.get(folder.parent())) {
            chain.add(folder.id());
        }
        return chain;
    }

    boolean isBlockedBefore(Set<String> ids) {
        return isBlocked(state.folders, ids);
    }

    boolean isBlockedAfter(Set<String> ids) {
        return isBlocked(planned, ids);
    }

    private static boolean isBlocked(Map<String, Folder> folders, Set<String> ids) {
        return ids.stream().map(folders::get).anyMatch(folder -> folder != null && !folder.inherit());
    }

    /** For each folder that is going to have others above it than now, or is new: itself and all above it, nearest first. */
    Map<String, List<String>> newChains() {
        Map<String, List<String>> chains = new HashMap<>();
        for (String id : planned.keySet()) {
            List<String> after = chainAfter(id);
            if (!after.equals(chainBefore(id))) {
                chains.put(id, after);
            }
        }
        return chains;
    }
}

package org.bascule.domain.transfer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.contract.Contract;
import org.bascule.domain.contract.Qualification;
import org.bascule.domain.directory.DeviceAssistance;
import org.bascule.domain.directory.SubDevice;
import org.bascule.domain.sessionpolicy.SessionPolicy;
import org.jspecify.annotations.Nullable;

/** A domain's directory as one transaction read it, with what the caller may do where. All of it but the devices, of which only some are read. */
public final class DirectoryState {

    /** What all resources have. */
    interface Resource {
        String id();

        /** Null for the root folder alone. */
        @Nullable
        String parent();

        String name();

        long version();
    }

    record Folder(
            String id,
            @Nullable String parent,
            String name,
            @Nullable String description,
            boolean inherit,
            @Nullable Integer quota,
            long version)
            implements Resource {

        Folder with(boolean inherits) {
            return new Folder(id, parent, name, description, inherits, quota, version);
        }
    }

    record User(String id, @Nullable String parent, String name, boolean pending, long version) implements Resource {

        /** What the first sign-in is compared with. */
        String awaitedName() {
            return name.toLowerCase(Locale.ROOT);
        }
    }

    record Group(
            String id,
            @Nullable String parent,
            String name,
            @Nullable String description,
            boolean builtIn,
            long version)
            implements Resource {}

    record Device(
            String id,
            @Nullable String parent,
            String name,
            @Nullable String description,
            boolean inherit,
            String account,
            List<String> tags,
            DeviceAssistance assistance,
            long version)
            implements Resource {

        Device with(boolean inherits) {
            return new Device(id, parent, name, description, inherits, account, tags, assistance, version);
        }
    }

    record Membership(String group, String member) {}

    final Map<String, Folder> folders = new HashMap<>();
    final Map<String, User> users = new HashMap<>();
    final Map<String, Group> groups = new HashMap<>();
    final Map<String, Device> devices = new HashMap<>();

    /** What is behind some of the devices, by device. */
    final Map<String, List<SubDevice>> subDevices = new HashMap<>();

    final List<Membership> memberships = new ArrayList<>();
    final List<Entry> entries = new ArrayList<>();
    final Map<String, Contract> contracts = new HashMap<>();

    /** By folder or device. */
    final Map<String, SessionPolicy> sessionPolicies = new HashMap<>();

    /** By folder, device or user. */
    final Map<String, String> fixedRelays = new HashMap<>();

    /** By user, then by name in lower case. */
    final Map<String, TreeMap<String, Qualification>> qualifications = new HashMap<>();

    /** Whether the caller belongs to an outside organisation. */
    boolean partners;

    /** What the caller holds, by resource. */
    final Map<String, Set<Permission>> held = new HashMap<>();

    private final Map<String, List<Group>> groupsByName = new HashMap<>();

    /** Groups of a name, wherever they are. All groups must have been added. */
    List<Group> groupsNamed(String name) {
        if (groupsByName.isEmpty()) {
            groups.values().forEach(group -> groupsByName
                    .computeIfAbsent(group.name(), key -> new ArrayList<>())
                    .add(group));
        }
        return groupsByName.getOrDefault(name, List.of());
    }

    boolean holds(Permission permission, @Nullable String id) {
        return id != null && held.getOrDefault(id, Set.of()).contains(permission);
    }

    boolean seesFolder(@Nullable String id) {
        return holds(Permission.SEE_RESOURCES, id);
    }

    /** Users and the groups they are in are seen by a permission of their own. */
    boolean seesPrincipal(String id) {
        return holds(Permission.SEE_USERS, id);
    }

    /** The names from the topmost visible folder down to this one; the root folder has none. */
    List<String> names(String folderId) {
        List<String> names = new ArrayList<>();
        String id = folderId;
        while (seesFolder(id)) {
            Folder folder = folders.get(id);
            if (folder == null || folder.parent() == null) {
                break;
            }
            names.add(0, folder.name());
            id = folder.parent();
        }
        return names;
    }

    /** Where something is, with its own name. */
    String path(Resource resource) {
        List<String> names = resource.parent() == null || !seesFolder(resource.parent())
                ? new ArrayList<>()
                : names(resource.parent());
        names.add(resource.name());
        return Paths.of(names);
    }

    String folderPath(@Nullable String folderId) {
        return folderId == null || !seesFolder(folderId) ? Paths.ROOT : Paths.of(names(folderId));
    }
}

package org.bascule.domain.transfer;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.contract.Contract;
import org.bascule.domain.contract.Qualification;
import org.bascule.domain.directory.SubDevice;
import org.bascule.domain.options.DomainOptions;
import org.bascule.domain.sessionpolicy.SessionPolicy;
import org.bascule.domain.transfer.DirectoryState.Device;
import org.bascule.domain.transfer.DirectoryState.Folder;
import org.bascule.domain.transfer.DirectoryState.Group;
import org.bascule.domain.transfer.DirectoryState.Membership;
import org.bascule.domain.transfer.DirectoryState.User;
import org.jspecify.annotations.Nullable;

/** Everything that an import is going to write, in the order in which it has to be. */
public final class Plan {

    /** Something that is to be; null before if it is new. */
    record Target<T>(@Nullable T before, T after) {
        boolean isNew() {
            return before == null;
        }
    }

    /** What is behind a device: null before if it is new, null after if it is to go. */
    record SubDeviceTarget(String id, String device, @Nullable SubDevice before, SubDevice.@Nullable Facts after) {}

    record UserQualification(String user, Qualification qualification) {}

    record NewOptions(DomainOptions options, long revision) {}

    final List<Target<Folder>> folders = new ArrayList<>();
    final List<Target<Group>> groups = new ArrayList<>();
    final List<Target<User>> users = new ArrayList<>();
    final List<Target<Device>> devices = new ArrayList<>();
    final List<SubDeviceTarget> subDevices = new ArrayList<>();

    /** Folders with others above them than before, or new: each with itself and all above it, nearest first. */
    final Map<String, List<String>> chains = new LinkedHashMap<>();

    /** Folders and devices that are not to inherit any more, with their paths. */
    final Map<String, String> blocked = new LinkedHashMap<>();

    final Map<String, Contract> contracts = new LinkedHashMap<>();
    final List<String> endedContracts = new ArrayList<>();

    /** By folder or device; empty: there is to be none. */
    final Map<String, Optional<SessionPolicy>> sessionPolicies = new LinkedHashMap<>();

    /** By folder, device or user; empty: there is to be none. */
    final Map<String, Optional<String>> fixedRelays = new LinkedHashMap<>();

    final List<UserQualification> qualifications = new ArrayList<>();
    final List<UserQualification> endedQualifications = new ArrayList<>();
    final List<Membership> memberships = new ArrayList<>();
    final List<Membership> endedMemberships = new ArrayList<>();
    final List<Entry> entries = new ArrayList<>();
    final List<Entry> endedEntries = new ArrayList<>();
    final List<NewOptions> options = new ArrayList<>();

    /** Versions that the resources must still have when it is written. */
    final Map<String, Long> versions = new LinkedHashMap<>();

    /** The folder that something new, which is no folder, is going to be in. */
    final Map<String, String> newParents = new HashMap<>();

    /** The line that gives a folder or group its name and place. */
    final Map<String, Line> lines = new HashMap<>();

    final List<ImportChange> changes = new ArrayList<>();
    final List<AuditEvent> events = new ArrayList<>();
    private final Map<Action, Long> counts = new EnumMap<>(Action.class);

    void count(Action action) {
        counts.merge(action, 1L, Long::sum);
    }

    long counted(Action action) {
        return counts.getOrDefault(action, 0L);
    }

    /** What becomes of a line. */
    enum Action {
        CREATE,
        UPDATE,
        MOVE,
        DELETE,
        SKIP,
        UNCHANGED;

        String code() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    boolean isEmpty() {
        return changes.stream().allMatch(change -> change.action().equals(Action.SKIP.code()));
    }
}

package org.bascule.domain.transfer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.contract.Contract;
import org.bascule.domain.sessionpolicy.SessionPolicy;
import org.bascule.domain.transfer.DirectoryState.Resource;

/**
 * Moves are changes of permissions (docs/decisions/0012): the importer needs {@code manage-permissions} on what is moved, must be able to pass on
 * there each permission that somebody can gain by it, and leaves no contract behind that he may not lift; joining inheritance again is a change of
 * the same kind. All of them are judged when all lines are planned, by the entries, contracts and session policies above the new place as they are going to be, so
 * that a file cannot do in two lines what one change may not.
 */
final class Moves {

    private record Move(Line line, String id, String from, String to) {}

    private record Join(Line line, String where, String above) {}

    private record Way(String from, String to) {}

    private final Draft draft;
    private final List<Move> moves = new ArrayList<>();
    private final List<Join> joins = new ArrayList<>();
    private final Map<Way, Set<Permission>> gained = new HashMap<>();
    private final Map<Way, Boolean> loosening = new HashMap<>();
    private final Map<String, List<Entry>> allowing = new HashMap<>();
    private final Map<String, List<Entry>> denying = new HashMap<>();

    Moves(Draft draft) {
        this.draft = draft;
    }

    void add(Line line, Resource before, String to) {
        if (before.parent() != null) {
            moves.add(new Move(line, before.id(), before.parent(), to));
        }
    }

    /** Something that did not inherit is to inherit; {@code where} the importer manages permissions. */
    void join(Line line, String where, String above) {
        joins.add(new Join(line, where, above));
    }

    void check() {
        if (moves.isEmpty() && joins.isEmpty()) {
            return;
        }
        Set<Entry> ended = new HashSet<>(draft.plan.endedEntries);
        put(allowing, draft.state.entries, Effect.ALLOW, ended);
        put(allowing, draft.plan.entries, Effect.ALLOW, ended);
        put(denying, draft.state.entries, Effect.DENY, Set.of());
        moves.forEach(this::check);
        joins.forEach(this::check);
    }

    private void check(Move move) {
        Way way = new Way(move.from(), move.to());
        if (!draft.state.holds(Permission.MANAGE_PERMISSIONS, move.id())) {
            draft.problems.report(
                    move.line(),
                    Column.PATH,
                    "To move it you need the permission '%s' on it.",
                    Permission.MANAGE_PERMISSIONS.code());
        } else if (!mayGive(gained.computeIfAbsent(way, this::gained), move.id(), move.line(), Column.PATH)) {
            return;
        } else if (isBoundByPlace(move) && loosening.computeIfAbsent(way, this::isLoosening)) {
            draft.problems.report(
                    move.line(),
                    Column.PATH,
                    "What is demanded there now, by contract or session policy, can only be left by who may lift it where it is set.");
        }
    }

    private void check(Join join) {
        Set<Permission> all = EnumSet.noneOf(Permission.class);
        for (String folder : draft.tree.chainAfter(join.above())) {
            allowing.getOrDefault(folder, List.of()).forEach(entry -> all.add(entry.permission()));
            if (draft.tree.isBlockedAfter(Set.of(folder))) {
                break;
            }
        }
        mayGive(all, join.where(), join.line(), Column.INHERIT);
    }

    /** Adds a problem where the importer may not. */
    private boolean mayGive(Set<Permission> permissions, String where, Line line, Column column) {
        for (Permission permission : permissions) {
            if (!draft.grants.mayPassAlways(permission, where)) {
                draft.problems.report(
                        line,
                        column,
                        "By this somebody may gain '%s', which you may not pass on here.",
                        permission.code());
                return false;
            }
        }
        return true;
    }

    private static void put(
            Map<String, List<Entry>> map, Collection<Entry> entries, Effect effect, Set<Entry> without) {
        entries.stream()
                .filter(entry -> entry.effect() == effect && !without.contains(entry))
                .forEach(entry -> map.computeIfAbsent(entry.resource(), id -> new ArrayList<>())
                        .add(entry));
    }

    private Set<Permission> gained(Way way) {
        Set<String> source = new HashSet<>(draft.tree.chainBefore(way.from()));
        Set<String> target = new HashSet<>(draft.tree.chainAfter(way.to()));
        if (!draft.tree.isBlockedBefore(source) && !draft.tree.isBlockedAfter(target)) {
            Set<String> common = new HashSet<>(source);
            common.retainAll(target);
            source.removeAll(common);
            target.removeAll(common);
        }
        Set<Permission> permissions = EnumSet.noneOf(Permission.class);
        target.forEach(folder ->
                allowing.getOrDefault(folder, List.of()).forEach(entry -> permissions.add(entry.permission())));
        source.forEach(folder ->
                denying.getOrDefault(folder, List.of()).forEach(entry -> permissions.add(entry.permission())));
        return permissions;
    }

    /** Devices and folders; contracts and session policies mean nothing to users and groups. */
    private boolean isBoundByPlace(Move move) {
        return draft.state.folders.containsKey(move.id()) || draft.state.devices.containsKey(move.id());
    }

    private boolean isLoosening(Way way) {
        return leavesContract(way) || leavesSessionPolicy(way);
    }

    private boolean leavesContract(Way way) {
        Map<String, Contract> after = new HashMap<>(draft.state.contracts);
        draft.plan.endedContracts.forEach(after::remove);
        after.putAll(draft.plan.contracts);
        Optional<String> left = nearest(draft.tree.chainBefore(way.from()), draft.state.contracts);
        Contract found =
                nearest(draft.tree.chainAfter(way.to()), after).map(after::get).orElse(Contract.NONE);
        return left.isPresent()
                && found.isLooserThan(Objects.requireNonNull(draft.state.contracts.get(left.get())))
                && !draft.state.holds(Permission.MANAGE_PERMISSIONS, left.get());
    }

    private boolean leavesSessionPolicy(Way way) {
        Map<String, SessionPolicy> before = draft.state.sessionPolicies;
        Map<String, SessionPolicy> after = new HashMap<>(before);
        draft.plan.sessionPolicies.forEach((id, policy) -> after.compute(id, (key, was) -> policy.orElse(null)));
        Optional<String> left = nearest(draft.tree.chainBefore(way.from()), before);
        SessionPolicy found =
                nearest(draft.tree.chainAfter(way.to()), after).map(after::get).orElse(SessionPolicy.DEFAULT);
        return left.isPresent()
                && found.isLooserThan(Objects.requireNonNull(before.get(left.get())))
                && !draft.state.holds(Permission.SET_CONSENT_POLICY, left.get());
    }

    private static Optional<String> nearest(List<String> chain, Map<String, ?> set) {
        return chain.stream().filter(set::containsKey).findFirst();
    }
}

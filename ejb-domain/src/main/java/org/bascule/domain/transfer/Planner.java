package org.bascule.domain.transfer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.bascule.domain.options.OptionsView;

/** Works out what an import changes, and what stands against it, without writing anything. */
final class Planner {

    private static final int STEP = 1_000;

    private final Draft draft;
    private final OptionLines options;
    private final FolderLines folders;
    private final ContractLines contracts;
    private final UserLines users;
    private final GroupLines groups;
    private final DeviceLines devices;
    private final PolicyLines policies;
    private final EntryLines entries;

    Planner(Draft draft, OptionsView options, Set<String> relays) {
        this.draft = draft;
        this.options = new OptionLines(draft, options);
        this.folders = new FolderLines(draft);
        this.contracts = new ContractLines(draft);
        this.users = new UserLines(draft);
        this.groups = new GroupLines(draft);
        this.devices = new DeviceLines(draft);
        this.policies = new PolicyLines(draft, relays);
        this.entries = new EntryLines(draft);
    }

    /** {@code progress} is told now and then through how many lines it is. */
    Plan plan(List<Line> lines, LongConsumer progress) {
        long done = 0;
        // in the order of the kinds: what others are named by comes first
        for (List<Line> ofKind : byKind(lines).values()) {
            for (Line line : ofKind) {
                one(line);
                if (draft.problems.isFull()) {
                    return draft.plan;
                }
                if (++done % STEP == 0) {
                    progress.accept(done);
                }
            }
        }
        if (draft.problems.isEmpty()) {
            draft.checkNames();
            draft.moves.check();
            draft.plan.chains.putAll(draft.tree.newChains());
        }
        return draft.plan;
    }

    private static Map<Kind, List<Line>> byKind(List<Line> lines) {
        Map<Kind, List<Line>> byKind = new TreeMap<>();
        lines.forEach(line ->
                byKind.computeIfAbsent(line.kind(), kind -> new ArrayList<>()).add(line));
        byKind.getOrDefault(Kind.FOLDER, new ArrayList<>())
                .sort(Comparator.comparingInt(Planner::depth).thenComparingLong(Line::number));
        return byKind;
    }

    private static int depth(Line line) {
        return line.value(Column.PATH).flatMap(Paths::names).map(List::size).orElse(0);
    }

    private void one(Line line) {
        try {
            switch (line.kind()) {
                case OPTIONS -> options.options(line);
                case FOLDER -> folders.folder(line);
                case CONTRACT -> contracts.contract(line);
                case USER -> users.user(line);
                case QUALIFICATION -> users.qualification(line);
                case GROUP -> groups.group(line);
                case MEMBER -> groups.member(line);
                case DEVICE -> devices.device(line);
                case SUB_DEVICE -> devices.subDevice(line);
                case SESSION_POLICY -> policies.sessionPolicy(line);
                case FIXED_RELAY -> policies.fixedRelay(line);
                case ENTRY -> entries.entry(line);
            }
        } catch (LineRefusedException e) {
            draft.problems.tell(line.number(), e.column(), e.reason());
        }
    }
}

package org.bascule.control.command;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.bascule.control.CommandException;
import org.bascule.control.Surroundings;
import org.bascule.control.remote.DeviceProcess;
import org.bascule.wire.Operations;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "ps",
        header = "List the processes of a device.",
        description = "Waits a second for the shares of the processors.")
final class Ps implements Action {

    private static final int SAMPLES = 2;
    private static final int MAX_INDENT = 20;

    enum Sort {
        PID(Comparator.comparingLong(DeviceProcess::pid)),
        CPU(Comparator.comparingLong(DeviceProcess::cpu).reversed()),
        MEMORY(Comparator.comparingLong(DeviceProcess::memory).reversed());

        private final Comparator<DeviceProcess> order;

        Sort(Comparator<DeviceProcess> order) {
            this.order = order;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param depth below the first of its tree */
    record Placed(DeviceProcess process, int depth) {}

    @Mixin
    private Output output = new Output();

    @Mixin
    private SessionReason reason = new SessionReason();

    @Option(names = "--sort", paramLabel = "COLUMN", description = "pid, cpu or memory: the largest first")
    private Sort sort = Sort.PID;

    @Option(names = "--tree", description = "each below the one that has started it")
    private boolean tree;

    @Parameters(paramLabel = "DEVICE", description = "uid, unique name or path")
    private String device = "";

    @Override
    public int run(Surroundings around) throws CommandException {
        return SystemSession.run(
                around,
                device,
                Operations.of(Operations.PROCESS_VIEW),
                reason,
                system -> show(around, system.processes(SAMPLES)));
    }

    private void show(Surroundings around, List<DeviceProcess> all) {
        List<DeviceProcess> sorted = all.stream().sorted(sort.order).toList();
        List<Placed> placed = tree
                ? tree(sorted)
                : sorted.stream().map(process -> new Placed(process, 0)).toList();
        Table table = Table.wide("PID", "PARENT", "USER", "STATE", "THREADS", "CPU %", "MEMORY", "COMMAND");
        placed.forEach(at -> {
            DeviceProcess process = at.process();
            table.add(
                    String.valueOf(process.pid()),
                    String.valueOf(process.parent()),
                    process.user(),
                    process.state(),
                    String.valueOf(process.threads()),
                    process.cpu() < 0 ? "" : String.format(Locale.ROOT, "%.1f", process.cpu() / 10.0),
                    Info.size(process.memory()),
                    "  ".repeat(Math.min(at.depth(), MAX_INDENT)) + process.label());
        });
        output.list(around, placed.stream().map(at -> at.process().toJson()).toList(), table);
    }

    /** Each behind its parent, siblings in the given order. A device that says that two are each other's parents gets them shown all the same. */
    static List<Placed> tree(List<DeviceProcess> sorted) {
        Set<Long> present = new HashSet<>();
        sorted.forEach(process -> present.add(process.pid()));
        Map<Long, List<DeviceProcess>> children = new HashMap<>();
        List<Placed> waiting = new ArrayList<>();
        for (int i = sorted.size() - 1; i >= 0; i--) {
            DeviceProcess process = sorted.get(i);
            if (present.contains(process.parent())) {
                children.computeIfAbsent(process.parent(), parent -> new ArrayList<>())
                        .add(process);
            } else {
                waiting.add(new Placed(process, 0));
            }
        }
        List<Placed> placed = new ArrayList<>();
        Set<Long> done = new HashSet<>();
        descend(waiting, children, done, placed);
        for (DeviceProcess process : sorted) {
            if (!done.contains(process.pid())) {
                descend(new ArrayList<>(List.of(new Placed(process, 0))), children, done, placed);
            }
        }
        return placed;
    }

    /** Takes from the end. */
    private static void descend(
            List<Placed> waiting, Map<Long, List<DeviceProcess>> children, Set<Long> done, List<Placed> placed) {
        while (!waiting.isEmpty()) {
            Placed next = waiting.remove(waiting.size() - 1);
            if (done.add(next.process().pid())) {
                placed.add(next);
                children.getOrDefault(next.process().pid(), List.of())
                        .forEach(child -> waiting.add(new Placed(child, next.depth() + 1)));
            }
        }
    }
}

package org.bascule.agent.transparency;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.KeySets;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.session.handshake.HeadSeen;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.log.LogProofs;
import org.bascule.wire.log.Merkle;
import org.bascule.wire.log.TreeHead;
import org.jspecify.annotations.Nullable;

/** The newest head of the domain's tree that was seen, on the disk, and every contradiction to it. Thread-safe. */
public final class LogMemory {

    private static final System.Logger LOG = System.getLogger(LogMemory.class.getName());
    private static final String FILE = DeviceState.LOG_HEAD;
    private static final int MAX_FILE = 64 * 1_024;
    /** Contradictions that are kept: the first ones. */
    private static final int MAX_FORKS = 16;

    private final StateFolder folder;
    private final KeySets keySets;
    private final InstantSource clock;
    private final Reports reports;

    // guarded by this
    private @Nullable TreeHead head;
    private final List<Fork> forks = new ArrayList<>();

    /** Told of a contradiction, once for each. */
    @FunctionalInterface
    public interface Reports {
        void forked(String detail);
    }

    /**
     * Two signed heads that cannot be of one growing tree: what the device had seen, and what a client was shown.
     *
     * @param found when
     */
    public record Fork(Instant found, TreeHead seen, TreeHead shown) {

        boolean isOf(TreeHead other) {
            return shown.size() == other.size() && Arrays.equals(shown.root(), other.root());
        }

        String text() {
            return "seen %s, shown %s".formatted(text(seen), text(shown));
        }

        private static String text(TreeHead head) {
            return head.size() + ":" + B64.encode(head.root());
        }
    }

    private LogMemory(StateFolder folder, KeySets keySets, InstantSource clock, Reports reports) {
        this.folder = folder;
        this.keySets = keySets;
        this.clock = clock;
        this.reports = reports;
    }

    /**
     * Reads what was seen. A file that cannot be read is an error, never an empty memory.
     *
     * @param domain of this device: what was seen of another domain's tree says nothing about this one
     */
    public static LogMemory open(
            StateFolder folder, KeySets keySets, String domain, InstantSource clock, Reports reports)
            throws StateException {
        LogMemory memory = new LogMemory(folder, keySets, clock, reports);
        Optional<StrictJson> file = file(folder);
        if (file.isPresent()) {
            try {
                TreeHead head = TreeHead.parse(file.get().child("head"));
                memory.head = head.tree().equals(domain) ? head : null;
            } catch (WireException e) {
                throw damaged(e);
            }
            memory.forks.addAll(forks(folder, domain));
        }
        return memory;
    }

    /** Contradictions of a domain's tree that were found and kept, the first one first. */
    public static List<Fork> forks(StateFolder folder, String domain) throws StateException {
        Optional<StrictJson> file = file(folder);
        List<Fork> forks = new ArrayList<>();
        if (file.isPresent()) {
            try {
                for (StrictJson fork : file.get().children("forks", MAX_FORKS)) {
                    forks.add(new Fork(
                            Instant.parse(fork.string("found", 40)),
                            TreeHead.parse(fork.child("seen")),
                            TreeHead.parse(fork.child("shown"))));
                }
            } catch (WireException | DateTimeException e) {
                throw damaged(e);
            }
        }
        forks.removeIf(fork -> !fork.seen().tree().equals(domain));
        return forks;
    }

    private static Optional<StrictJson> file(StateFolder folder) throws StateException {
        Optional<String> text = folder.readText(FILE);
        try {
            return text.isPresent() ? Optional.of(StrictJson.parse(text.get(), MAX_FILE)) : Optional.empty();
        } catch (WireException e) {
            throw damaged(e);
        }
    }

    private static StateException damaged(Exception e) {
        return new StateException(
                "The file " + FILE + ", which says what this device has seen of the log, is damaged: " + e.getMessage()
                        + ". Remove it to begin anew.",
                e);
    }

    /** Size of the newest head that was seen; 0 for none. */
    public synchronized long size() {
        return head == null ? 0 : head.size();
    }

    /**
     * A client shows the head that it was shown.
     *
     * @param shown of the tree of this device's domain; not verified yet
     * @param proof what the access server sent beside it
     * @return the client's head if it fits what was seen, otherwise what was seen
     */
    public synchronized HeadSeen meet(TreeHead shown, Optional<LogProofs.Growth> proof) {
        try {
            shown.verify(keySets.current());
        } catch (WireException e) {
            // of a log key that is newer than the last channel, or of nobody
            LOG.log(
                    System.Logger.Level.WARNING,
                    "a tree head that a client showed does not verify: {0}",
                    e.getMessage());
            return own();
        }
        if (head == null) {
            return adopt(shown);
        }
        TreeHead seen = head;
        if (shown.size() == seen.size()) {
            return Arrays.equals(shown.root(), seen.root()) ? HeadSeen.of(shown) : contradicted(seen, shown);
        }
        boolean newer = shown.size() > seen.size();
        TreeHead first = newer ? seen : shown;
        TreeHead second = newer ? shown : seen;
        if (proof.isEmpty()
                || proof.get().first() != first.size()
                || proof.get().second() != second.size()) {
            // two sessions at once: nothing is known, and the client asks for a proof itself
            return own();
        }
        try {
            Merkle.verifyConsistency(
                    first.size(),
                    first.root(),
                    second.size(),
                    second.root(),
                    proof.get().path());
        } catch (WireException e) {
            return contradicted(seen, shown);
        }
        return newer ? adopt(shown) : HeadSeen.of(shown);
    }

    private HeadSeen own() {
        return head == null ? HeadSeen.NONE : HeadSeen.of(head);
    }

    private HeadSeen adopt(TreeHead shown) {
        head = shown;
        save();
        return HeadSeen.of(shown);
    }

    private HeadSeen contradicted(TreeHead seen, TreeHead shown) {
        if (forks.size() < MAX_FORKS && forks.stream().noneMatch(fork -> fork.isOf(shown))) {
            Fork fork = new Fork(clock.instant(), seen, shown);
            forks.add(fork);
            save();
            LOG.log(System.Logger.Level.ERROR, "the log of the domain was forked: {0}", fork.text());
            reports.forked(fork.text());
        }
        return HeadSeen.of(seen);
    }

    private void save() {
        JsonArrayBuilder array = Json.createArrayBuilder();
        forks.forEach(fork -> array.add(Json.createObjectBuilder()
                .add("found", fork.found().toString())
                .add("seen", fork.seen().toJson())
                .add("shown", fork.shown().toJson())));
        JsonObjectBuilder json = Json.createObjectBuilder();
        if (head != null) {
            json.add("head", head.toJson());
        }
        try {
            folder.write(FILE, json.add("forks", array).build().toString());
        } catch (StateException e) {
            // it is still known until the agent ends
            LOG.log(System.Logger.Level.WARNING, "{0}", e.getMessage());
        }
    }
}

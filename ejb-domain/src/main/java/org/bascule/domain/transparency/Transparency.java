package org.bascule.domain.transparency;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.logbook.Logbook;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.log.TreeHead;

/**
 * The tree of the caller's domain as a signed-in user may read it. Heads and consistency proofs are hashes and say nothing about anybody, so everybody may have
 * them: whoever keeps a head can later show that the log was rewritten. The rest needs the permission to read the log.
 */
@Stateless
public class Transparency {

    @Inject
    TreeStore trees;

    @Inject
    Logbook logbook;

    /** The newest head. */
    public TreeHead head(Caller caller) throws RefusedException {
        return trees.head(caller.domainId())
                .orElseThrow(() -> new RefusedException(Problem.UNAVAILABLE, "Nothing has been sealed yet."));
    }

    /** Heads, the newest first. */
    public Slice<TreeHead> heads(Caller caller, Cursor cursor) throws RefusedException {
        logbook.requireReader(caller);
        long below = below(cursor);
        return cursor.slice(
                trees.headsBefore(caller.domainId(), below, cursor.fetch()), head -> List.of("" + head.size()));
    }

    private static long below(Cursor cursor) throws RefusedException {
        try {
            return cursor.position().isEmpty()
                    ? Long.MAX_VALUE
                    : Long.parseLong(cursor.position().get(0));
        } catch (NumberFormatException e) {
            throw RefusedException.invalid("cursor", "This is no cursor of this list.");
        }
    }

    /** That an entry is in the tree. */
    public record Inclusion(long index, long size, byte[] leaf, List<byte[]> path) {}

    /**
     * Proves that a record is in the tree of a size.
     *
     * @throws RefusedException {@code NOT_FOUND} if it is not there, or not yet
     */
    public Inclusion inclusion(Caller caller, String id, long size) throws RefusedException {
        logbook.requireReader(caller);
        requireSize(caller, "size", size);
        Optional<TreeStore.Place> sealed = Uuid7.isUuid(id) ? trees.place(caller.domainId(), id) : Optional.empty();
        TreeStore.Place place = sealed.filter(found -> found.seq() < size).orElseThrow(RefusedException::notFound);
        return new Inclusion(
                place.seq(), size, place.hash(), trees.proofs(caller.domainId()).inclusion(place.seq(), size));
    }

    /** Proves that the tree of one size is the beginning of that of another. */
    public List<byte[]> consistency(Caller caller, long first, long second) throws RefusedException {
        requireSize(caller, "second", second);
        if (first > second) {
            throw RefusedException.invalid("first", "Larger than the second.");
        }
        return trees.proofs(caller.domainId()).consistency(first, second);
    }

    private void requireSize(Caller caller, String field, long size) throws RefusedException {
        if (size > trees.size(caller.domainId())) {
            throw RefusedException.invalid(field, "The tree has not so many leaves.");
        }
    }
}

package org.bascule.wire.log;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What came out of the verification of an export.
 *
 * @param size records that were read
 * @param head the newest head, once its signature was verified
 * @param expired records that the operator removed when they had expired, by an entry in the log
 * @param hidden heads of other domains in the installation's tree, of which only the hashes are given
 * @param unsealed records that had just been written and were in no tree yet
 * @param late records that were sealed more than an hour after they say they were made
 * @param mended records by which the server says that others had been put past the log, and that it sealed them
 * @param heads heads of this tree from elsewhere that were compared
 * @param finding the first thing that is wrong, if anything is
 */
public record ExportReport(
        String issuer,
        String tree,
        long size,
        Optional<TreeHead> head,
        long expired,
        long hidden,
        long unsealed,
        Noted late,
        Noted mended,
        long heads,
        Optional<Finding> finding) {

    /** What is wrong. */
    public enum Problem {
        /** The file is not an export, or was damaged on the way. */
        DAMAGED,
        /** The key set is not signed by the installation's root. */
        KEY_SET,
        /** A head is not signed by a log key of the key set. */
        HEAD,
        /** A record is not what was sealed. */
        CHANGED,
        /** A record that was sealed is gone. */
        REMOVED,
        /** A record is there that was never sealed. */
        INSERTED,
        /** A record is at another place than it was sealed at. */
        REORDERED,
        /** The end is missing. */
        CUT_OFF,
        /** Hashes or heads were rewritten: a signed head does not fit what is below it. */
        REWRITTEN,
        /** Heads from elsewhere were given, and none of them is of this tree: nothing was compared with them. */
        NO_HEADS
    }

    /**
     * Records that are no fault and that who verifies should look at.
     *
     * @param first place of the first of them
     */
    public record Noted(long count, OptionalLong first) {

        static final Noted NONE = new Noted(0, OptionalLong.empty());

        Noted andAt(long seq) {
            return new Noted(count + 1, first.isPresent() ? first : OptionalLong.of(seq));
        }
    }

    /**
     * The first thing that is wrong.
     *
     * @param seq place of the record, or of the first of several of which one is meant
     * @param last place of the last of these; the same for one
     * @param id of the record, where it is known
     */
    public record Finding(Problem problem, OptionalLong seq, OptionalLong last, String id, String text) {

        static Finding at(Problem problem, long seq, String id, String text) {
            return new Finding(problem, OptionalLong.of(seq), OptionalLong.of(seq), id, text);
        }

        static Finding of(Problem problem, String text) {
            return new Finding(problem, OptionalLong.empty(), OptionalLong.empty(), "", text);
        }
    }

    /** Whether nothing is wrong. */
    public boolean isGood() {
        return finding.isEmpty();
    }
}

package org.bascule.session.trust;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bascule.session.handshake.HeadSeen;
import org.bascule.wire.B64;
import org.bascule.wire.WireException;
import org.bascule.wire.log.LogEntry;
import org.bascule.wire.log.LogProofs;
import org.bascule.wire.log.Merkle;
import org.bascule.wire.log.TreeHead;
import org.bascule.wire.session.SessionOpened;
import org.bascule.wire.trust.KeySet;
import org.jspecify.annotations.Nullable;

/** The checks of the transparency log, for one answer. */
final class LogCheck {

    private final SessionOpened answer;
    private final long asked;
    private final List<LogProofs.Growth> growths = new ArrayList<>();

    /**
     * Takes an answer.
     *
     * @param asked size of the head that the request named; 0 for none
     */
    LogCheck(SessionOpened answer, long asked) {
        this.answer = answer;
        this.asked = asked;
        answer.log().ifPresent(shown -> shown.consistency()
                .ifPresent(growth ->
                        add(new LogProofs.Growth(growth.first(), shown.head().size(), growth.path()))));
    }

    private LogProofs shown() throws TrustException {
        return answer.log()
                .orElseThrow(() -> new TrustException(
                        TrustException.Check.LOG_MISSING, "the access server shows no proof of its transparency log"));
    }

    /** A proof that was fetched beside the answer. */
    void add(LogProofs.Growth growth) {
        growths.add(growth);
    }

    /** The head of the answer: of the right tree, and signed by a log key. */
    TreeHead head(KeySet keys) throws TrustException {
        TreeHead head = shown().head();
        try {
            if (!head.tree().equals(answer.domain())) {
                throw new WireException(WireException.Reason.FOREIGN, "it is of another tree");
            }
            head.verify(keys);
        } catch (WireException e) {
            throw new TrustException(
                    TrustException.Check.LOG_SIGNATURE, "the tree head is refused: " + e.getMessage(), e);
        }
        return head;
    }

    /** That the certificate of the answer is a leaf. */
    void requireIncluded(TreeHead head) throws TrustException {
        LogProofs shown = shown();
        try {
            byte[] certificate = B64.decode(answer.chain().get(0));
            byte[] leaf = Merkle.leaf(new LogEntry.Certificate(answer.domain(), answer.device(), certificate).leaf());
            Merkle.verifyInclusion(leaf, shown.index(), head.size(), shown.inclusion(), head.root());
        } catch (WireException e) {
            throw new TrustException(
                    TrustException.Check.LOG_INCLUSION,
                    "the certificate of the device is not in the transparency log: " + e.getMessage(),
                    e);
        }
    }

    /**
     * That the tree goes on from the one that is remembered.
     *
     * @return what to remember: the larger of both
     */
    TreeHead newest(Optional<TreeHead> remembered, TreeHead head) throws TrustException {
        if (remembered.isEmpty()) {
            return head;
        }
        TreeHead seen = remembered.get();
        if (head.size() < asked) {
            throw new TrustException(
                    TrustException.Check.LOG_ROLLED_BACK,
                    "the access server shows a log of %d entries, though there were %d already"
                            .formatted(head.size(), seen.size()));
        }
        boolean behind = head.size() < seen.size();
        TreeHead older = behind ? head : seen;
        TreeHead newer = behind ? seen : head;
        requireGrowth(HeadSeen.of(older), HeadSeen.of(newer), growths);
        return newer;
    }

    /** That one tree is the beginning of another. */
    static void requireGrowth(HeadSeen older, HeadSeen newer, List<LogProofs.Growth> growths) throws TrustException {
        if (older.size() == newer.size()) {
            if (!MessageDigest.isEqual(older.root(), newer.root())) {
                throw forked(older.size(), newer.size(), null);
            }
            return;
        }
        LogProofs.Growth growth = growths.stream()
                .filter(proof -> proof.first() == older.size() && proof.second() == newer.size())
                .findFirst()
                .orElseThrow(() -> new UnprovenException(older.size(), newer.size()));
        try {
            Merkle.verifyConsistency(older.size(), older.root(), newer.size(), newer.root(), growth.path());
        } catch (WireException e) {
            throw forked(older.size(), newer.size(), e);
        }
    }

    private static TrustException forked(long first, long second, @Nullable WireException cause) {
        return new TrustException(
                TrustException.Check.LOG_FORKED,
                "there are two logs: that of %d entries did not become that of %d".formatted(first, second),
                cause);
    }
}

package org.bascule.wire.log;

import java.io.IOException;
import java.io.Reader;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bascule.wire.Sha256;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.log.ExportReport.Finding;
import org.bascule.wire.log.ExportReport.Noted;
import org.bascule.wire.log.ExportReport.Problem;
import org.bascule.wire.trust.KeySet;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the export of a tree without the server, with the hash of the installation's root key and, if there are any, heads from outside. It reads the file once from
 * the beginning to the end and remembers only the right edge of the tree, so memory does not grow with the log.
 *
 * <p>Every leaf is computed anew from what the record says and compared with its stored hash; the stored hashes must give the root of every head on the way. The
 * signature of the newest head is verified, that of a head that does not fit, and those of the heads that say how long a record was kept. An object is used once.
 */
public final class ExportVerifier {

    /** A record that is still not sealed after this time was put there by somebody else than the application. */
    private static final Duration SEALED_WITHIN = Duration.ofMinutes(10);

    private static final Duration LATE = Duration.ofHours(1);

    /** Records are kept for at least this time. */
    private static final Duration KEPT = Duration.ofDays(365);

    private static final String EXPIRE = "audit.expire";
    private static final String MEND = "audit.mend";
    private static final Pattern EXPIRED = Pattern.compile("\"after\":\"([0-9]{1,16})\"");
    private static final int MAX_LINE = 1 << 25;

    /** Of so many heads that fit the signature of one is verified before it is needed. */
    private static final int PROVED_EACH = 100;

    private final byte[] rootHash;
    private final HeadLines anchors;

    private @Nullable KeySet keys;
    private @Nullable TreeHead newest;
    private @Nullable Finding finding;
    private @Nullable TreeHead anchor;
    private long compared;

    private final MerkleFrontier tree = MerkleFrontier.empty();
    private String issuer = "";
    private String treeId = "";

    private @Nullable TreeHead fitted;
    /** Heads that fitted since the last one whose signature was verified. */
    private int unproved;
    /** Size of the last head that fitted and is signed: what is below it was not touched. */
    private long proved;
    /** The same of the heads from outside. */
    private long anchored;

    private String before = "";

    /** A record whose content does not give its stored hash: changed, unless what it gives turns up at another place. */
    private @Nullable Suspect suspect;

    private long firstGone = -1;
    private long lastGone = -1;
    private String lastGoneId = "";
    private boolean kept;
    private long gone;
    /** Heads of other domains in the installation's tree, which an export for one domain does not show. */
    private long hidden;

    private long expiredBelow;

    /** The entry by which the records of which only hashes are left were removed. */
    private long expirySeq = -1;

    /** The first head with the last of these records, and the first with that entry: what records say of their own time proves nothing when only hashes are left. */
    private @Nullable TreeHead goneSealed;

    private @Nullable TreeHead expirySealed;

    private long unsealed;
    private Noted late = Noted.NONE;
    private Noted mended = Noted.NONE;

    private record Suspect(long seq, String id, byte[] computed) {}

    /**
     * @param rootHash SHA-256 of the root key of the installation, pinned or told by the operator
     * @param anchors heads that were kept outside the database
     */
    public ExportVerifier(byte[] rootHash, HeadLines anchors) {
        this.rootHash = rootHash.clone();
        this.anchors = anchors;
    }

    /** Reads and verifies; the first thing that is wrong is the report's finding. */
    public ExportReport verify(Reader in) throws IOException {
        try {
            read(new BoundedLines(in, MAX_LINE));
        } catch (WireException | IllegalArgumentException e) {
            found(Finding.of(Problem.DAMAGED, "behind record " + (tree.size() - 1) + ": " + e.getMessage()));
        }
        return new ExportReport(
                issuer,
                treeId,
                tree.size(),
                Optional.ofNullable(newest),
                gone,
                hidden,
                unsealed,
                late,
                mended,
                compared,
                Optional.ofNullable(finding));
    }

    private void found(Finding what) {
        if (finding == null) {
            finding = what;
        }
    }

    private void read(BoundedLines lines) throws IOException, WireException {
        String first = lines.next();
        if (first == null) {
            throw WireException.malformed("the file is empty");
        }
        header(StrictJson.parse(first, MAX_LINE));
        anchor = anchors.next(treeId).orElse(null);
        long count = 1;
        boolean ended = false;
        for (String line = lines.next(); line != null && finding == null; line = lines.next()) {
            StrictJson json = StrictJson.parse(line, MAX_LINE);
            if (ended) {
                throw WireException.malformed("something follows the end");
            }
            if (json.has("end")) {
                ended = true;
                if (json.child("end").number("lines", 0, Long.MAX_VALUE) != count) {
                    throw WireException.malformed("lines are missing from the file");
                }
            } else {
                line(json);
            }
            count++;
        }
        if (finding == null) {
            end(ended);
        }
    }

    private void header(StrictJson json) throws WireException {
        if (!json.string("format", 32).equals("bascule-audit/1")) {
            throw WireException.malformed("not a bascule-audit/1 export");
        }
        issuer = json.string("issuer", 300);
        treeId = json.string("tree", 36);
        TreeHead head = TreeHead.parse(json.child("head"));
        try {
            keys = KeySet.verify(json.string("keySet", KeySet.MAX_LENGTH), rootHash);
        } catch (WireException e) {
            found(Finding.of(Problem.KEY_SET, String.valueOf(e.getMessage())));
            return;
        }
        if (!head.tree().equals(treeId) || !keys.issuer().equals(issuer) || !isSigned(head)) {
            found(Finding.of(Problem.HEAD, "the newest head is not signed by this installation for this tree"));
            return;
        }
        newest = head;
    }

    private boolean isSigned(TreeHead head) {
        try {
            head.verify(Objects.requireNonNull(keys));
            return true;
        } catch (WireException e) {
            return false;
        }
    }

    private void line(StrictJson json) throws IOException, WireException {
        if (json.has("seq")) {
            entry(json);
        } else if (json.has("treeHead")) {
            head(TreeHead.parse(json.child("treeHead")));
        } else if (json.has("unsealed")) {
            unsealed(LogEntry.Audit.parse(json.child("unsealed")));
        }
    }

    private void entry(StrictJson json) throws IOException, WireException {
        // behind the head of this size, which narrows it down more if it does not fit
        checkAnchors();
        if (finding != null) {
            return;
        }
        long seq = json.number("seq", 0, TreeHead.MAX_SIZE);
        String id = json.string("id", 36);
        byte[] hash = json.bytes("hash", Sha256.LENGTH);
        if (seq != tree.size()) {
            misplaced(seq, id);
            return;
        }
        if (suspect != null && Arrays.equals(suspect.computed(), hash)) {
            found(Finding.at(
                    Problem.REORDERED,
                    suspect.seq(),
                    suspect.id(),
                    "the record that stands there was sealed as record " + seq));
            return;
        }
        if (json.has("gone")) {
            gone(seq, id);
        } else if (json.has("hidden") && treeId.equals(TreeHead.INSTALLATION)) {
            hidden++;
        } else {
            content(json, seq, id, hash);
        }
        if (suspect == null && id.compareTo(before) <= 0) {
            found(Finding.at(
                    Problem.REORDERED, seq, id, "it stands behind a younger one that was sealed together with it"));
        }
        before = id;
        noteLate(seq, id);
        tree.append(hash);
    }

    private void misplaced(long seq, String id) {
        if (suspect != null) {
            return;
        }
        if (seq > tree.size()) {
            found(new Finding(
                    Problem.REMOVED,
                    OptionalLong.of(tree.size()),
                    OptionalLong.of(seq - 1),
                    "",
                    "nothing is left of it, its hash neither"));
        } else {
            found(Finding.at(Problem.REORDERED, seq, id, "its place is given twice"));
        }
    }

    private void gone(long seq, String id) {
        if (kept) {
            found(Finding.at(Problem.REMOVED, seq, id, "only its hash is left, and records before it were kept"));
        }
        if (firstGone < 0) {
            firstGone = seq;
        }
        lastGone = seq;
        lastGoneId = id;
        goneSealed = null;
        gone++;
    }

    private void content(StrictJson json, long seq, String id, byte[] hash) throws WireException {
        LogEntry entry = read(json);
        if (entry instanceof LogEntry.Audit audit) {
            kept = true;
            expiry(audit, seq);
            if (audit.code().equals(MEND)) {
                mended = mended.andAt(seq);
            }
        }
        boolean same = !(entry instanceof LogEntry.Audit audit)
                || audit.id().equals(id) && audit.domain().equals(treeId);
        byte[] computed = Merkle.leaf(entry.leaf());
        if (suspect == null && !(same && Arrays.equals(computed, hash))) {
            suspect = new Suspect(seq, id, computed);
        }
    }

    private static LogEntry read(StrictJson json) throws WireException {
        if (json.has("audit")) {
            return LogEntry.Audit.parse(json.child("audit"));
        }
        if (json.has("certificate")) {
            return LogEntry.Certificate.parse(json.child("certificate"));
        }
        return new LogEntry.Head(TreeHead.parse(json.child("head")));
    }

    private void expiry(LogEntry.Audit audit, long seq) {
        if (audit.code().equals(EXPIRE) && audit.changes() != null) {
            Matcher size = EXPIRED.matcher(audit.changes());
            if (size.find()) {
                long below = Long.parseLong(size.group(1));
                expiredBelow = Math.max(expiredBelow, below);
                if (expirySeq < 0 && below > lastGone) {
                    expirySeq = seq;
                }
            }
        }
    }

    /** The time in a UUID of version 7. */
    private static Instant madeAt(String id) {
        return Instant.ofEpochMilli(Long.parseLong(id.substring(0, 8) + id.substring(9, 13), 16));
    }

    private void noteLate(long seq, String id) {
        if (fitted != null && madeAt(id).plus(LATE).isBefore(fitted.time())) {
            late = late.andAt(seq);
        }
    }

    private void head(TreeHead head) {
        before = "";
        if (suspect != null) {
            return;
        }
        boolean fits =
                head.tree().equals(treeId) && head.size() == tree.size() && Arrays.equals(head.root(), tree.root());
        if (fits) {
            fitted = head;
            if (++unproved == PROVED_EACH) {
                prove();
            }
            goneSealed = first(goneSealed, lastGone, head);
            expirySealed = first(expirySealed, expirySeq, head);
        } else if (isSigned(head) && head.tree().equals(treeId) && head.size() > tree.size()) {
            found(new Finding(
                    Problem.REMOVED,
                    OptionalLong.of(tree.size()),
                    OptionalLong.of(head.size() - 1),
                    "",
                    "nothing is left of it, its hash neither"));
        } else if (isSigned(head) && head.tree().equals(treeId)) {
            rewritten(prove(), "the head that was signed at " + head.time());
        } else {
            found(Finding.of(
                    Problem.HEAD,
                    "a head behind record %d is not signed by this installation".formatted(tree.size() - 1)));
        }
    }

    private static @Nullable TreeHead first(@Nullable TreeHead known, long seq, TreeHead head) {
        return known == null && seq >= 0 ? head : known;
    }

    /** Whoever rewrites hashes can make heads fit that nobody signed: those say nothing about where it was. */
    private long prove() {
        if (fitted != null && isSigned(fitted)) {
            proved = fitted.size();
        }
        unproved = 0;
        return proved;
    }

    private void rewritten(long from, String by) {
        found(new Finding(
                Problem.REWRITTEN,
                OptionalLong.of(from),
                OptionalLong.of(Math.max(from, tree.size() - 1)),
                "",
                "of these records one was changed, removed, inserted or moved together with its hash: " + by
                        + " has another root"));
    }

    private void checkAnchors() throws IOException, WireException {
        while (anchor != null && anchor.size() == tree.size() && finding == null) {
            if (suspect == null) {
                compared++;
                if (Arrays.equals(anchor.root(), tree.root())) {
                    anchored = tree.size();
                } else {
                    // the heads of the export fit: whoever holds the key has signed them anew
                    rewritten(anchored, "the anchored head of " + anchor.time());
                }
            }
            anchor = anchors.next(treeId).orElse(null);
        }
    }

    private void unsealed(LogEntry.Audit audit) {
        Instant sealed = newest == null ? Instant.MAX : newest.time();
        if (suspect == null && madeAt(audit.id()).plus(SEALED_WITHIN).isBefore(sealed)) {
            found(new Finding(
                    Problem.INSERTED,
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    audit.id(),
                    "it says it was made at %s, and was never sealed".formatted(audit.occurred())));
        }
        unsealed++;
    }

    private void end(boolean ended) throws IOException, WireException {
        if (suspect != null) {
            found(Finding.at(
                    Problem.CHANGED, suspect.seq(), suspect.id(), "what it says is not what was sealed at its place"));
            return;
        }
        TreeHead head = Objects.requireNonNull(newest);
        if (!ended && tree.size() >= head.size()) {
            throw WireException.malformed("the file has no end");
        }
        if (tree.size() < head.size()) {
            cutOff(head, "the newest head");
            return;
        }
        if (tree.size() != head.size() || !Arrays.equals(head.root(), tree.root())) {
            rewritten(prove(), "the newest head, of " + head.time() + ",");
            return;
        }
        checkAnchors();
        if (anchor != null) {
            cutOff(anchor, "the anchored head");
            return;
        }
        if (anchors.areGiven() && compared == 0) {
            found(Finding.of(Problem.NO_HEADS, "the heads that were given hold none of this tree"));
            return;
        }
        if (gone > 0) {
            checkExpiry(head);
        }
    }

    private void cutOff(TreeHead head, String name) {
        found(new Finding(
                Problem.CUT_OFF,
                OptionalLong.of(tree.size()),
                OptionalLong.of(head.size() - 1),
                "",
                "%s of %s has %d records".formatted(name, head.time(), head.size())));
    }

    private void checkExpiry(TreeHead head) {
        if (lastGone >= expiredBelow) {
            found(Finding.at(
                    Problem.REMOVED,
                    Math.max(firstGone, expiredBelow),
                    lastGoneId,
                    "only its hash is left, and no entry says that it had expired"));
            return;
        }
        TreeHead sealed = Objects.requireNonNullElse(goneSealed, head);
        TreeHead removed = Objects.requireNonNullElse(expirySealed, head);
        if (!isSigned(sealed) || !isSigned(removed)) {
            found(Finding.of(
                    Problem.HEAD,
                    "the head that says when record %d was sealed, or removed, is not signed by this installation"
                            .formatted(lastGone)));
        } else if (sealed.time().plus(KEPT).isAfter(removed.time())) {
            found(Finding.at(Problem.REMOVED, lastGone, lastGoneId, "it was removed before a year had passed"));
        }
    }
}

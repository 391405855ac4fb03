package org.bascule.session.vectors;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.bascule.wire.Json;
import org.bascule.wire.log.LogEntry;
import org.bascule.wire.log.LogProofs;
import org.bascule.wire.log.Merkle;
import org.bascule.wire.log.TreeHead;

/** What a client is shown of the log, and everything that it must refuse: {@code log-proofs.json}. */
public final class LogVectors {

    private static final Optional<Long> FROM = Optional.of((long) FixedLog.EARLIER);

    private LogVectors() {}

    public static JsonObject produce() {
        TreeHead head = FixedLog.HONEST.head(FixedLog.SIZE);
        LogEntry.Certificate entry = new LogEntry.Certificate(
                FixedInstallation.DOMAIN, FixedInstallation.UID, FixedInstallation.deviceCertificate());
        return Json.createObjectBuilder()
                .add(
                        "about",
                        "Proofs of the transparency log that belong to session-opened.json; heads verify with keyset.json. Who remembers 'remembered' accepts 'proofs'. Each of the refused is refused by its reason: where it has no 'remembered', no head was seen before; where it has no 'proofs', the answer has none. With a 'domain', that was the id of the domain at first use.")
                .add("now", FixedInstallation.NOW.getEpochSecond())
                .add("leaf", hex(entry.leaf()))
                .add("leafHash", hex(Merkle.leaf(entry.leaf())))
                .add("headInM1", hex(head.bytes()))
                .add("remembered", FixedLog.HONEST.head(FixedLog.EARLIER).toJson())
                .add("proofs", FixedLog.HONEST.proofs(FROM).toJson())
                .add("refused", refused(head))
                .build();
    }

    private static JsonArrayBuilder refused(TreeHead head) {
        LogProofs good = FixedLog.HONEST.proofs(Optional.empty());
        JsonArrayBuilder cases = Json.createArrayBuilder();
        cases.add(Json.createObjectBuilder().add("name", "no proof at all").add("reason", "LOG_MISSING"));
        signatures(cases, good, head);
        cases.add(first(
                "a certificate that is not in the tree", FixedLog.WITHOUT.proofs(Optional.empty()), "LOG_INCLUSION"));
        cases.add(first(
                "the place of another entry",
                new LogProofs(head, FixedLog.INDEX + 1L, good.inclusion(), Optional.empty()),
                "LOG_INCLUSION"));
        cases.add(first(
                "a place beyond the tree",
                new LogProofs(head, FixedLog.SIZE, good.inclusion(), Optional.empty()),
                "LOG_INCLUSION"));
        List<byte[]> longer = new ArrayList<>(good.inclusion());
        longer.add(new byte[32]);
        cases.add(first(
                "a path with a node too many",
                new LogProofs(head, FixedLog.INDEX, longer, Optional.empty()),
                "LOG_INCLUSION"));
        cases.add(first(
                "a path with a node too few",
                new LogProofs(
                        head,
                        FixedLog.INDEX,
                        good.inclusion().subList(0, good.inclusion().size() - 1),
                        Optional.empty()),
                "LOG_INCLUSION"));
        growth(cases, good, head);
        cases.add(later("another domain than at first use", head, good, "DOMAIN_CHANGED")
                .add("domain", "01900000-0000-7000-8000-0000000000ff"));
        return cases;
    }

    private static void signatures(JsonArrayBuilder cases, LogProofs good, TreeHead head) {
        byte[] signature = head.signature();
        signature[0] ^= 1;
        byte[] root = head.root();
        root[0] ^= 1;
        List<NamedHead> heads = List.of(
                new NamedHead(
                        "a bit of the signature flipped",
                        new TreeHead(head.tree(), head.size(), head.root(), head.time(), head.kid(), signature)),
                new NamedHead(
                        "another root than the signed one",
                        new TreeHead(head.tree(), head.size(), root, head.time(), head.kid(), head.signature())),
                new NamedHead(
                        "another size than the signed one",
                        new TreeHead(
                                head.tree(), head.size() + 1, head.root(), head.time(), head.kid(), head.signature())),
                new NamedHead(
                        "another time than the signed one",
                        new TreeHead(
                                head.tree(),
                                head.size(),
                                head.root(),
                                head.time().plusMillis(1),
                                head.kid(),
                                head.signature())),
                new NamedHead(
                        "signed by a log key that is not in the set",
                        FixedLog.HONEST.head(
                                FixedLog.SIZE,
                                new org.bascule.wire.keys.LogSigningKey(FixedKeys.ed25519("another log key")),
                                FixedInstallation.DOMAIN)),
                new NamedHead(
                        "signed by a key of another role",
                        FixedLog.HONEST.head(
                                FixedLog.SIZE,
                                new org.bascule.wire.keys.LogSigningKey(FixedKeys.ed25519("ticket key")),
                                FixedInstallation.DOMAIN)),
                new NamedHead(
                        "a head of another tree",
                        FixedLog.HONEST.head(FixedLog.SIZE, FixedInstallation.LOG_KEY, TreeHead.INSTALLATION)),
                new NamedHead(
                        "signed before the key was valid",
                        TreeHead.sign(
                                head.tree(),
                                head.size(),
                                head.root(),
                                FixedInstallation.START.minusMillis(1),
                                FixedInstallation.LOG_KEY)));
        for (NamedHead bad : heads) {
            cases.add(first(
                    bad.name(),
                    new LogProofs(bad.head(), good.index(), good.inclusion(), Optional.empty()),
                    "LOG_SIGNATURE"));
        }
    }

    private record NamedHead(String name, TreeHead head) {}

    private static void growth(JsonArrayBuilder cases, LogProofs good, TreeHead head) {
        TreeHead earlier = FixedLog.HONEST.head(FixedLog.EARLIER);
        cases.add(later("an old head", head, FixedLog.HONEST.proofs(earlier, Optional.empty()), "LOG_ROLLED_BACK"));
        cases.add(later("another tree of the same size", head, FixedLog.FORKED.proofs(Optional.empty()), "LOG_FORKED"));
        cases.add(later("a tree that forked before", earlier, FixedLog.FORKED.proofs(FROM), "LOG_FORKED"));
        cases.add(later(
                "a forked tree with the honest one's proof",
                earlier,
                new LogProofs(
                        FixedLog.FORKED.head(FixedLog.SIZE),
                        FixedLog.INDEX,
                        FixedLog.FORKED.proofs(Optional.empty()).inclusion(),
                        FixedLog.HONEST.proofs(FROM).consistency()),
                "LOG_FORKED"));
        cases.add(later("no consistency proof", earlier, good, "LOG_FORKED"));
        cases.add(later(
                "a consistency proof from another size",
                earlier,
                FixedLog.HONEST.proofs(Optional.of(FixedLog.EARLIER - 1L)),
                "LOG_FORKED"));
        cases.add(later(
                "an empty consistency proof",
                earlier,
                new LogProofs(
                        head,
                        FixedLog.INDEX,
                        good.inclusion(),
                        Optional.of(new LogProofs.Consistency(FixedLog.EARLIER, List.of()))),
                "LOG_FORKED"));
    }

    private static JsonObjectBuilder first(String name, LogProofs proofs, String reason) {
        return Json.createObjectBuilder()
                .add("name", name)
                .add("proofs", proofs.toJson())
                .add("reason", reason);
    }

    private static JsonObjectBuilder later(String name, TreeHead remembered, LogProofs proofs, String reason) {
        return first(name, proofs, reason).add("remembered", remembered.toJson());
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}

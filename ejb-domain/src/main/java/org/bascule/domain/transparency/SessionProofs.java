package org.bascule.domain.transparency;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.Sha256;
import org.bascule.wire.log.LogProofs;
import org.bascule.wire.log.MerkleProofs;
import org.bascule.wire.log.TreeHead;

/**
 * What the ends of a session are shown of their domain's tree ({@code docs/protocol/session.md}, "Trust"). Checks no permission: proofs are hashes.
 *
 * <p>There is no merge delay: a certificate that does not stand in the tree yet is sealed when it is first asked for, before all others that wait.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.SUPPORTS)
public class SessionProofs {

    @Inject
    Sql sql;

    @Inject
    Transactions transactions;

    @Inject
    TreeStore trees;

    @Inject
    SubtreeCache cache;

    @Inject
    Sealer sealer;

    private record Entry(String id, boolean sealed, long seq) {}

    /**
     * That a device's certificate is in the tree, and that the tree goes on from one that the client has seen.
     *
     * @param certificate DER
     * @param seen size that the client remembers; 0 for none
     * @throws RefusedException {@code UNAVAILABLE} if it could not be sealed, or is not in the log at all
     */
    public LogProofs ofCertificate(String domainId, String uid, byte[] certificate, long seen) throws RefusedException {
        Entry entry = entry(domainId, uid, certificate);
        if (!entry.sealed()) {
            sealer.sealFirst(domainId, entry.id());
            entry = entry(domainId, uid, certificate);
        }
        if (!entry.sealed()) {
            throw unavailable();
        }
        long index = entry.seq();
        return transactions.<LogProofs, RefusedException>inNew(() -> proofs(domainId, index, seen));
    }

    /** In a transaction of its own: that of the caller may have begun before the sealing. */
    private Entry entry(String domainId, String uid, byte[] certificate) throws RefusedException {
        return transactions
                .inNew(() -> sql.in(domainId)
                        .statement(
                                """
                                select c.id, l.seq is not null, coalesce(l.seq, 0) from bascule_audit.audit_certificate c
                                left join bascule_audit.audit_leaf l on l.entry_id = c.id and l.tree = c.domain_id
                                where c.domain_id = :domain and c.device_id = :device and c.certificate_hash = :hash
                                order by l.seq is null, l.seq limit 1""")
                        .set("device", uid)
                        .set("hash", Sha256.of(certificate))
                        .first(row -> new Entry(row.text(1), row.flag(2), row.number(3))))
                .orElseThrow(SessionProofs::unavailable);
    }

    private static RefusedException unavailable() {
        return new RefusedException(
                Problem.UNAVAILABLE, "The certificate of the device is not in the transparency log.");
    }

    private LogProofs proofs(String domainId, long index, long seen) throws RefusedException {
        TreeHead head = trees.head(domainId).orElseThrow(SessionProofs::unavailable);
        MerkleProofs proofs = cached(domainId);
        return new LogProofs(
                head,
                index,
                proofs.inclusion(index, head.size()),
                seen == 0 || seen > head.size()
                        ? Optional.empty()
                        : Optional.of(new LogProofs.Consistency(seen, proofs.consistency(seen, head.size()))));
    }

    /** That the smaller of two trees is the beginning of the larger; empty if one is empty, both are the same, or there is no such tree. */
    public Optional<LogProofs.Growth> between(String domainId, long one, long other) {
        long first = Math.min(one, other);
        long second = Math.max(one, other);
        if (first == 0 || first == second) {
            return Optional.empty();
        }
        return transactions.inNew(() -> second > trees.size(domainId)
                ? Optional.empty()
                : Optional.of(new LogProofs.Growth(first, second, consistency(domainId, first, second))));
    }

    private List<byte[]> consistency(String domainId, long first, long second) {
        return cached(domainId).consistency(first, second);
    }

    private MerkleProofs cached(String tree) {
        return new MerkleProofs(
                (level, index) -> cache.hash(tree, level, index, () -> trees.subtree(tree, level, index)));
    }
}

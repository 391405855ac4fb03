package org.bascule.domain.guard;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Operators;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.RefusedException;

/**
 * The addresses that are blocked now. The operator sees all of them, and may end a block; whoever manages the sign-in of a domain sees those from which that domain was
 * tried, and of what was tried there only what concerned it.
 */
@Stateless
public class BlockedAddresses {

    static final int MAX_ATTEMPTS = 20;

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    Operators operators;

    @Inject
    BlockRecords records;

    @Inject
    Clock clock;

    private record Block(String network, Instant since, Instant until) {}

    /** Those that are blocked now, the newest block first. */
    public Slice<BlockedAddress> list(Caller caller, Cursor cursor) throws RefusedException {
        boolean operator = operators.isOperator(caller);
        if (!operator) {
            authorization.requireOnDomain(caller, Permission.MANAGE_SIGN_IN);
        }
        List<Block> blocks = sql.acrossDomains()
                .statement(
                        """
                        select n.network, n.blocked_since, n.blocked_until from guarded_network n
                        where n.blocked_until > :now
                          and (:operator or exists (select 1 from guarded_attempt a
                            where a.domain_id = :domainId and a.failed and (a.network = n.network or a.wide = n.network)))
                          and (:at is null or n.blocked_since <= :at and (n.blocked_since < :at or n.network > :last))
                        order by n.blocked_since desc, n.network limit :rows""")
                .set("now", clock.instant())
                .set("operator", operator)
                .set("domainId", caller.domainId())
                .set("at", cursor.time(0))
                .set("last", cursor.id(1))
                .set("rows", cursor.fetch())
                .list(row -> new Block(row.text(1), row.instant(2), row.instant(3)));
        Slice<Block> slice = cursor.slice(blocks, block -> List.of(block.since().toString(), block.network()));
        return new Slice<>(
                slice.items().stream()
                        .map(block -> view(block, operator, caller.domainId()))
                        .toList(),
                slice.next());
    }

    private BlockedAddress view(Block block, boolean operator, String domainId) {
        String which =
                "from guarded_attempt a left join domain d on d.id = a.domain_id where a.%s = :network and a.failed"
                                .formatted(BlockRecords.column(block.network()))
                        + " and (:operator or a.domain_id = :domainId)";
        long failures = sql.acrossDomains()
                .statement("select count(*) " + which)
                .set("network", block.network())
                .set("operator", operator)
                .set("domainId", domainId)
                .number();
        List<BlockedAddress.Failure> attempts = sql.acrossDomains()
                .statement("select a.occurred, a.kind, a.user_name, a.domain_id, d.name " + which
                        + " order by a.occurred desc, a.id desc limit " + MAX_ATTEMPTS)
                .set("network", block.network())
                .set("operator", operator)
                .set("domainId", domainId)
                .list(row -> new BlockedAddress.Failure(
                        row.instant(1), row.text(2), row.textOrNull(3), row.textOrNull(4), row.textOrNull(5)));
        int slash = block.network().indexOf('/');
        return slash < 0
                ? new BlockedAddress(block.network(), 0, block.since(), block.until(), failures, attempts)
                : new BlockedAddress(
                        block.network().substring(0, slash),
                        Integer.parseInt(block.network().substring(slash + 1)),
                        block.since(),
                        block.until(),
                        failures,
                        attempts);
    }

    /**
     * Ends what blocks an address, for the operator.
     *
     * @param address any in the network
     * @throws RefusedException {@code NOT_FOUND} if nothing blocks it, or the caller is no operator
     */
    public void lift(Caller caller, String address) throws RefusedException {
        operators.requireToSee(caller);
        authorization.requireOnDomain(caller, Permission.OPERATE_INSTALLATION);
        List<String> counters = Network.of(address).counters();
        boolean lifted = false;
        for (String counter : counters) {
            lifted |= records.lift(counter, caller.actor());
        }
        if (!lifted) {
            throw RefusedException.notFound();
        }
    }
}

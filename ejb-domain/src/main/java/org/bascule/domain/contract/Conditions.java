package org.bascule.domain.contract;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.Optional;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;

/** Decides whether the conditions of access to a device are met, in one statement. */
@Stateless
public class Conditions {

    private static final String NEAREST =
            """
            select k.required,
              k.reference is not null and (k.valid_from is null or k.valid_from <= :now) and (k.valid_until is null or k.valid_until > :now),
              (select q.name from contract_qualification q
                where q.folder_id = k.folder_id and not exists (select 1 from user_qualification u
                  where u.user_id = :user and u.domain_id = :domain and u.name = q.name and (u.valid_until is null or u.valid_until > :now))
                order by q.name limit 1)
            from resource d join folder_closure c on c.descendant_id = d.parent_id join contract k on k.folder_id = c.ancestor_id
            where d.domain_id = :domain and d.id = :device
            order by c.depth limit 1""";

    @Inject
    Sql sql;

    @Inject
    Clock clock;

    /** What stands between a user and a device now; empty if nothing does. */
    public Optional<UnmetCondition> unmet(String domainId, String userId, String deviceUid) {
        return sql.in(domainId)
                .statement(NEAREST)
                .set("user", userId)
                .set("device", deviceUid)
                .set("now", clock.instant())
                .first(Conditions::unmet)
                .flatMap(found -> found);
    }

    private static Optional<UnmetCondition> unmet(Row row) {
        if (row.flag(1) && !row.flag(2)) {
            return Optional.of(UnmetCondition.CONTRACT);
        }
        return Optional.ofNullable(row.textOrNull(3)).map(UnmetCondition::qualification);
    }
}

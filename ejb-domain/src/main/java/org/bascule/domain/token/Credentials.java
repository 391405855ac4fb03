package org.bascule.domain.token;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.identity.Limits;

/** Whether sign-ins and API tokens are still good, for what was opened with them. */
@Stateless
public class Credentials {

    private static final int AT_ONCE = 500;

    @Inject
    Sql sql;

    @Inject
    Clock clock;

    /** What those of some sign-ins and tokens of a domain leave now that have not ended, by their ids. */
    public Map<String, Credential> of(String domainId, Collection<String> ids) {
        Map<String, Credential> live = new HashMap<>();
        for (List<String> some : packets(ids)) {
            sql.in(domainId)
                    .statement("select s.id from sign_in s where s.domain_id = :domain and s.id in (:ids) and "
                            + SignIns.GOES_ON)
                    .set("ids", some)
                    .set("now", clock.instant())
                    .list(row -> new Credential(row.text(1), null, null))
                    .forEach(each -> live.put(Objects.requireNonNull(each.id()), each));
            sql.in(domainId)
                    .statement("select t.id, t.permissions, t.factor_at from api_token t"
                            + " where t.domain_id = :domain and t.id in (:ids) and t.expires > :now and "
                            + ApiTokens.VOUCHED_FOR)
                    .set("ids", some)
                    .set("now", clock.instant())
                    .list(row -> token(sql, domainId, row))
                    .forEach(each -> live.put(Objects.requireNonNull(each.id()), each));
        }
        return live;
    }

    private static List<List<String>> packets(Collection<String> ids) {
        List<String> all = List.copyOf(ids);
        List<List<String>> packets = new ArrayList<>();
        for (int i = 0; i < all.size(); i += AT_ONCE) {
            packets.add(all.subList(i, Math.min(all.size(), i + AT_ONCE)));
        }
        return packets;
    }

    /** From a row that begins with id, permissions and time of the second factor. */
    static Credential token(Sql sql, String domainId, Row row) {
        List<String> folders = sql.in(domainId)
                .statement("select folder_id from api_token_folder where domain_id = :domain and token_id = :id")
                .set("id", row.text(1))
                .list(folder -> folder.text(1));
        return new Credential(
                row.text(1),
                row.instantOrNull(3),
                new Limits(Set.copyOf(List.of(row.text(2).split(",", -1))), Set.copyOf(folders)));
    }

    /** Those of some sign-ins and tokens, of whichever domains, that have not ended: for connections that stay open. */
    public Set<String> live(Collection<String> ids) {
        Set<String> live = new HashSet<>();
        for (List<String> some : packets(ids)) {
            live.addAll(sql.acrossDomains()
                    .statement("select s.id from sign_in s where s.id in (:ids) and " + SignIns.GOES_ON
                            + " union all select t.id from api_token t where t.id in (:ids) and t.expires > :now and "
                            + ApiTokens.VOUCHED_FOR)
                    .set("ids", some)
                    .set("now", clock.instant())
                    .list(row -> row.text(1)));
        }
        return live;
    }
}

package org.bascule.domain.directory;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bascule.domain.acl.Preset;
import org.bascule.domain.database.Sql;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;

/** A domain always has an owner: a user who signed in before and is, directly or through groups, in the group Owners (requirement DOM-3). */
@Stateless
public class LastOwner {

    @Inject
    Sql sql;

    private record Member(String id, String kind) {}

    /**
     * Orders changes of the directory's shape within a domain: until the transaction ends, no other one that calls this goes on. To be called
     * before such a change.
     */
    public void lock(String domainId) {
        sql.in(domainId)
                .statement("select rights_version from domain where id = :domain for update")
                .number();
    }

    /**
     * To be called after a change that may have taken an owner away, in a transaction that holds the {@link #lock}. Reads what others have
     * committed since this transaction began, too.
     *
     * @throws RefusedException {@code LAST_OWNER}
     */
    public void require(String domainId) throws RefusedException {
        Set<String> seen = new HashSet<>(owners(domainId));
        List<String> groups = new ArrayList<>(seen);
        while (!groups.isEmpty()) {
            List<String> below = new ArrayList<>();
            for (Member member : members(domainId, groups)) {
                if (member.kind().equals("user")) {
                    return;
                }
                if (member.kind().equals("group") && seen.add(member.id())) {
                    below.add(member.id());
                }
            }
            groups = below;
        }
        throw new RefusedException(Problem.LAST_OWNER, "A domain has at least one owner who can sign in.");
    }

    private List<String> owners(String domainId) {
        return sql.in(domainId)
                .statement(
                        """
                        select r.id from resource r join user_group g on g.id = r.id
                        where r.domain_id = :domain and g.built_in and r.name = :owners lock in share mode""")
                .set("owners", Preset.OWNERS.group())
                .list(row -> row.text(1));
    }

    /** Groups, and users who are not pending. */
    private List<Member> members(String domainId, List<String> groups) {
        return sql.in(domainId)
                .statement(
                        """
                        select r.id, r.kind from group_member m join resource r on r.id = m.member_id
                          left join user_ref u on u.id = r.id
                        where m.domain_id = :domain and m.group_id in (:groups)
                          and (r.kind = 'group' or u.subject is not null) lock in share mode""")
                .set("groups", groups)
                .list(row -> new Member(row.text(1), row.text(2)));
    }
}

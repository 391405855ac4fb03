package org.bascule.domain.contract;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;

/** Contracts of folders. Reading needs {@code see-resources} on the folder, changing {@code manage-permissions}, for they decide about access. */
@Stateless
public class Contracts {

    private static final String NEAREST =
            """
            select k.folder_id, r.name, k.reference, k.purpose, k.valid_from, k.valid_until, k.terms, k.required, c.depth
            from folder_closure c join contract k on k.folder_id = c.ancestor_id join resource r on r.id = k.folder_id
            where k.domain_id = :domain and c.descendant_id = :folder and c.depth >= :from
            order by c.depth limit 1""";

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    RightsVersion rightsVersion;

    @Inject
    AuditLog audit;

    /** The contract that counts for a folder; {@link Contract#NONE} if there is none on the path. */
    public ContractView read(Caller caller, String folderId) throws RefusedException {
        authorization.require(caller, Permission.SEE_RESOURCES, folderId);
        Folder folder = folder(caller, folderId);
        Optional<Found> nearest = nearest(caller.domainId(), folderId, 0);
        if (nearest.isEmpty()) {
            return new ContractView(null, null, false, false, Contract.NONE, folder.revision());
        }
        Found found = nearest.get();
        boolean own = found.depth() == 0;
        if (own || authorization.allows(caller, Permission.SEE_RESOURCES, found.folderId())) {
            return new ContractView(
                    found.folderId(), found.folderName(), own, !own, found.contract(), folder.revision());
        }
        return new ContractView(null, null, false, true, demandsAlone(found.contract()), folder.revision());
    }

    private static Contract demandsAlone(Contract contract) {
        return new Contract(
                null, "", contract.from(), contract.until(), "", contract.required(), contract.qualifications());
    }

    private record Folder(String name, long revision) {}

    private Folder folder(Caller caller, String folderId) throws RefusedException {
        return sql.in(caller.domainId())
                .statement(
                        "select name, version from resource where domain_id = :domain and id = :id and kind = 'folder'")
                .set("id", folderId)
                .first(row -> new Folder(row.text(1), row.number(2)))
                .orElseThrow(RefusedException::notFound);
    }

    private record Found(String folderId, String folderName, long depth, Contract contract) {}

    private Optional<Found> nearest(String domainId, String folderId, int from) {
        return sql.in(domainId)
                .statement(NEAREST)
                .set("folder", folderId)
                .set("from", from)
                .first(row -> found(domainId, row));
    }

    private Found found(String domainId, Row row) {
        String folder = row.text(1);
        return new Found(folder, row.text(2), row.number(9), contract(row, qualifications(domainId, folder)));
    }

    private static Contract contract(Row row, List<String> qualifications) {
        return new Contract(
                row.textOrNull(3),
                row.textOrNull(4) == null ? "" : row.text(4),
                row.instantOrNull(5),
                row.instantOrNull(6),
                row.textOrNull(7) == null ? "" : row.text(7),
                row.flag(8),
                qualifications);
    }

    private List<String> qualifications(String domainId, String folderId) {
        return sql.in(domainId)
                .statement("select name from contract_qualification"
                        + " where domain_id = :domain and folder_id = :folder order by name")
                .set("folder", folderId)
                .list(row -> row.text(1));
    }

    /**
     * Makes this the contract of a folder. Who does not manage the permissions where a contract above is set may only demand as much as that one
     * or more.
     *
     * @throws RefusedException {@code PRECONDITION_FAILED} unless {@code revision} is the present one of the folder
     */
    public ContractView put(Caller caller, String folderId, long revision, Contract contract) throws RefusedException {
        authorization.require(caller, Permission.MANAGE_PERMISSIONS, folderId);
        Folder folder = folder(caller, folderId);
        Contract checked = contract.checked();
        requireNotLoosening(caller, folderId, folder, checked);
        touch(caller, folderId, revision);
        Contract before = own(caller.domainId(), folderId);
        write(caller.domainId(), folderId, checked);
        rightsVersion.changed(caller.domainId());
        audit.record(caller.did(Operation.CONTRACT_SET, Outcome.SUCCESS)
                .on(folderId, folder.name())
                .changing(changes(before, checked)));
        return read(caller, folderId);
    }

    private Contract own(String domainId, String folderId) {
        return nearest(domainId, folderId, 0)
                .filter(found -> found.depth() == 0)
                .map(Found::contract)
                .orElse(Contract.NONE);
    }

    private void requireNotLoosening(Caller caller, String folderId, Folder folder, Contract contract)
            throws RefusedException {
        Optional<Found> above = nearest(caller.domainId(), folderId, 1);
        if (above.isPresent()
                && contract.isLooserThan(above.get().contract())
                && !authorization.allows(
                        caller, Permission.MANAGE_PERMISSIONS, above.get().folderId())) {
            RefusedException refusal = new RefusedException(
                    Problem.FORBIDDEN,
                    "What is demanded by a folder above can only be lifted by who manages permissions there.");
            audit.recordRefused(caller.did(Operation.CONTRACT_SET, Outcome.DENIED)
                    .on(folderId, folder.name())
                    .saying(refusal.detail()));
            throw refusal;
        }
    }

    /** Whether less is demanded in one folder than in another, and the caller does not manage permissions where that is set. */
    public boolean loosens(Caller caller, String from, String to) {
        Optional<Found> before = nearest(caller.domainId(), from, 0);
        Contract after = nearest(caller.domainId(), to, 0).map(Found::contract).orElse(Contract.NONE);
        return before.isPresent()
                && after.isLooserThan(before.get().contract())
                && !authorization.allows(
                        caller, Permission.MANAGE_PERMISSIONS, before.get().folderId());
    }

    private void touch(Caller caller, String folderId, long revision) throws RefusedException {
        int changed = sql.in(caller.domainId())
                .statement("update resource set version = version + 1"
                        + " where domain_id = :domain and id = :id and version = :revision")
                .set("id", folderId)
                .set("revision", revision)
                .update();
        if (changed == 0) {
            throw new RefusedException(Problem.PRECONDITION_FAILED, "The folder was changed in the meantime.");
        }
    }

    private void write(String domainId, String folderId, Contract contract) {
        delete(domainId, folderId);
        sql.in(domainId)
                .statement(
                        """
                        insert into contract (folder_id, domain_id, reference, purpose, valid_from, valid_until, terms, required)
                        values (:folder, :domain, :reference, :purpose, :from, :until, :terms, :required)""")
                .set("folder", folderId)
                .set("reference", contract.reference())
                .set("purpose", contract.purpose())
                .set("from", contract.from())
                .set("until", contract.until())
                .set("terms", contract.terms())
                .set("required", contract.required())
                .update();
        for (String qualification : contract.qualifications()) {
            sql.in(domainId)
                    .statement("insert into contract_qualification (folder_id, domain_id, name)"
                            + " values (:folder, :domain, :name)")
                    .set("folder", folderId)
                    .set("name", qualification)
                    .update();
        }
    }

    private int delete(String domainId, String folderId) {
        return sql.in(domainId)
                .statement("delete from contract where domain_id = :domain and folder_id = :folder")
                .set("folder", folderId)
                .update();
    }

    /** Takes the contract away, so that the one above counts again; {@code NOT_FOUND} if the folder has none of its own. */
    public void remove(Caller caller, String folderId, long revision) throws RefusedException {
        authorization.require(caller, Permission.MANAGE_PERMISSIONS, folderId);
        Folder folder = folder(caller, folderId);
        touch(caller, folderId, revision);
        Contract before = own(caller.domainId(), folderId);
        if (delete(caller.domainId(), folderId) == 0) {
            throw RefusedException.notFound();
        }
        rightsVersion.changed(caller.domainId());
        audit.record(removal(caller, folderId, folder.name(), before));
    }

    private static AuditEvent removal(Caller caller, String folderId, String folderName, Contract gone) {
        return caller.did(Operation.CONTRACT_REMOVED, Outcome.SUCCESS)
                .on(folderId, folderName)
                .changing(changes(gone, Contract.NONE));
    }

    /** What the log says of the contracts of some folders that are about to be deleted. */
    public List<AuditEvent> removals(Caller caller, Collection<String> folders) {
        Map<String, List<String>> needed = new HashMap<>();
        sql.in(caller.domainId())
                .statement("select folder_id, name from contract_qualification"
                        + " where domain_id = :domain and folder_id in (:folders) order by name lock in share mode")
                .set("folders", folders)
                .list(row -> needed.computeIfAbsent(row.text(1), id -> new ArrayList<>())
                        .add(row.text(2)));
        return sql.in(caller.domainId())
                .statement(
                        """
                        select k.folder_id, r.name, k.reference, k.purpose, k.valid_from, k.valid_until, k.terms, k.required
                        from contract k join resource r on r.id = k.folder_id
                        where k.domain_id = :domain and k.folder_id in (:folders) order by k.folder_id lock in share mode""")
                .set("folders", folders)
                .list(row -> removal(
                        caller, row.text(1), row.text(2), contract(row, needed.getOrDefault(row.text(1), List.of()))));
    }

    private static Changes changes(Contract before, Contract after) {
        return Changes.none()
                .field("reference", before.reference(), after.reference())
                .field("purpose", before.purpose(), after.purpose())
                .field("from", before.from(), after.from())
                .field("until", before.until(), after.until())
                .field("terms", before.terms(), after.terms())
                .field("required", before.required(), after.required())
                .field(
                        "qualifications",
                        String.join(", ", before.qualifications()),
                        String.join(", ", after.qualifications()));
    }
}

package org.bascule.domain.transfer;

import static org.bascule.domain.transfer.LineRefusedException.require;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.contract.Contract;
import org.bascule.domain.transfer.Plan.Action;

/** Lines about contracts of folders. */
final class ContractLines {

    private final Draft draft;

    ContractLines(Draft draft) {
        this.draft = draft;
    }

    void contract(Line line) throws LineRefusedException {
        List<String> names = Cells.names(line);
        String folder = draft.folderAt(names, Column.PATH);
        draft.once("contract " + folder, Column.PATH);
        Contract before = draft.state.contracts.getOrDefault(folder, Contract.NONE);
        boolean present = draft.state.contracts.containsKey(folder);
        Contract after = line.delete() ? Contract.NONE : wanted(line, before);
        Fields fields = fields(before, after);
        if (present == !line.delete() && fields.isEmpty()) {
            draft.unchanged();
            return;
        }
        draft.permitIn(folder, Permission.MANAGE_PERMISSIONS);
        if (line.delete()) {
            draft.plan.endedContracts.add(folder);
        } else {
            requireNotLoosening(folder, after);
            draft.plan.contracts.put(folder, after);
        }
        Optional.ofNullable(draft.state.folders.get(folder)).ifPresent(draft::keep);
        String name = names.isEmpty() ? draft.caller.domainName() : names.get(names.size() - 1);
        draft.tell(
                line,
                line.delete() ? Action.DELETE : present ? Action.UPDATE : Action.CREATE,
                Paths.of(names),
                fields.text());
        draft.log(line.delete() ? Operation.CONTRACT_REMOVED : Operation.CONTRACT_SET, folder, name, fields.changes());
    }

    private static Contract wanted(Line line, Contract before) throws LineRefusedException {
        Contract contract = new Contract(
                Cells.text(line, Column.REFERENCE, before.reference()),
                Objects.requireNonNullElse(Cells.text(line, Column.PURPOSE, before.purpose()), ""),
                Cells.time(line, Column.FROM, before.from()),
                Cells.time(line, Column.UNTIL, before.until()),
                Objects.requireNonNullElse(Cells.text(line, Column.TERMS, before.terms()), ""),
                Cells.flag(line, Column.REQUIRED, !line.has(Column.REQUIRED) && before.required()),
                line.has(Column.QUALIFICATIONS)
                        ? Lists.split(line.value(Column.QUALIFICATIONS).orElse(""))
                        : before.qualifications());
        return Cells.checkedFields(contract::checked);
    }

    private static Fields fields(Contract before, Contract after) {
        return new Fields()
                .add("reference", before.reference(), after.reference())
                .add("purpose", before.purpose(), after.purpose())
                .add("from", before.from(), after.from())
                .add("until", before.until(), after.until())
                .add("terms", before.terms(), after.terms())
                .add("required", before.required(), after.required())
                .add(
                        "qualifications",
                        String.join(", ", before.qualifications()),
                        String.join(", ", after.qualifications()));
    }

    /** As {@link org.bascule.domain.contract.Contracts#put} has it, by what is demanded now. */
    private void requireNotLoosening(String folder, Contract after) throws LineRefusedException {
        String above = draft.tree.parentOf(folder);
        while (above != null && !draft.state.contracts.containsKey(above)) {
            above = draft.tree.parentOf(above);
        }
        require(
                above == null
                        || !after.isLooserThan(Objects.requireNonNull(draft.state.contracts.get(above)))
                        || draft.state.holds(Permission.MANAGE_PERMISSIONS, above),
                null,
                "What is demanded by a folder above can only be lifted by who manages permissions there.");
    }
}

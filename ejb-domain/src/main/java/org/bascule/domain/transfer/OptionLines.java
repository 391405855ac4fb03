package org.bascule.domain.transfer;

import static org.bascule.domain.transfer.Cells.flag;
import static org.bascule.domain.transfer.Cells.number;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.options.Assistance;
import org.bascule.domain.options.DomainOptions;
import org.bascule.domain.options.OptionsView;
import org.bascule.domain.transfer.Plan.Action;

/** The line about the options of the domain. */
final class OptionLines {

    private final Draft draft;
    private final OptionsView present;

    OptionLines(Draft draft, OptionsView present) {
        this.draft = draft;
        this.present = present;
    }

    void options(Line line) throws LineRefusedException {
        draft.once("options", Column.KIND);
        Draft.permit(present.editable(), Permission.MANAGE_PERMISSIONS);
        DomainOptions before = present.options();
        DomainOptions wanted = wanted(line, before);
        DomainOptions after = Cells.checkedFields(wanted::checked);
        Fields fields = fields(before, after);
        if (fields.isEmpty()) {
            draft.unchanged();
            return;
        }
        draft.plan.options.add(new Plan.NewOptions(after, present.revision()));
        // the audit record is written with the change itself
        draft.tell(line, Action.UPDATE, draft.caller.domainName(), fields.text());
    }

    private static DomainOptions wanted(Line line, DomainOptions before) throws LineRefusedException {
        Integer days = number(line, Column.AUDIT_DAYS, before.auditDays());
        Integer hours = number(line, Column.EXPIRES_HOURS, before.assistance().expiresHours());
        return new DomainOptions(
                flag(line, Column.COMMENT_REQUIRED, before.commentRequired()),
                flag(line, Column.FULL_SESSION_LOG, before.fullSessionLog()),
                new Assistance(
                        flag(line, Column.ASSISTANCE, before.assistance().enabled()),
                        contactFields(line, before.assistance().contactFields()),
                        hours == null ? before.assistance().expiresHours() : hours),
                line.has(Column.NOTIFICATION_ADDRESSES)
                        ? Lists.split(line.value(Column.NOTIFICATION_ADDRESSES).orElse(""))
                        : before.notificationAddresses(),
                number(line, Column.QUOTA, before.quota()),
                days == null ? before.auditDays() : days);
    }

    private static Set<Assistance.ContactField> contactFields(Line line, Set<Assistance.ContactField> before)
            throws LineRefusedException {
        if (!line.has(Column.CONTACT_FIELDS)) {
            return before;
        }
        Set<Assistance.ContactField> fields = new HashSet<>();
        for (String code : Lists.split(line.value(Column.CONTACT_FIELDS).orElse(""))) {
            fields.add(Assistance.ContactField.ofCode(code)
                    .orElseThrow(() -> new LineRefusedException(Column.CONTACT_FIELDS, "There is no such field.")));
        }
        return fields;
    }

    private static Fields fields(DomainOptions before, DomainOptions after) {
        return new Fields()
                .add("commentRequired", before.commentRequired(), after.commentRequired())
                .add("fullSessionLog", before.fullSessionLog(), after.fullSessionLog())
                .add(
                        "assistance",
                        before.assistance().enabled(),
                        after.assistance().enabled())
                .add("contactFields", codes(before), codes(after))
                .add(
                        "expiresHours",
                        before.assistance().expiresHours(),
                        after.assistance().expiresHours())
                .add(
                        "notificationAddresses",
                        String.join(", ", before.notificationAddresses()),
                        String.join(", ", after.notificationAddresses()))
                .add("quota", before.quota(), after.quota())
                .add("auditDays", before.auditDays(), after.auditDays());
    }

    private static String codes(DomainOptions options) {
        return options.assistance().contactFields().stream()
                .map(Assistance.ContactField::code)
                .sorted()
                .collect(Collectors.joining(", "));
    }
}

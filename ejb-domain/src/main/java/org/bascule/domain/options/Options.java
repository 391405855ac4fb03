package org.bascule.domain.options;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;

/**
 * Reads and changes the options of a domain.
 *
 * <p>Everybody in the domain may read them, because they say what is asked of everybody; the addresses are for those alone who may change them.
 * A change needs {@link Permission#MANAGE_PERMISSIONS} on the root folder: whoever may switch off what is recorded, or limit everybody's
 * sessions, must not be somebody who could not take and give every right anyway.
 */
@Stateless
public class Options {

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    AuditLog audit;

    @Inject
    Event<LiveEvent> live;

    @Inject
    Event<AddressesChanged> addresses;

    /** The options in force, for the domain's own use. */
    public DomainOptions of(String domainId) {
        return stored(domainId).options();
    }

    private record Stored(DomainOptions options, long revision) {}

    private Stored stored(String domainId) {
        return sql.in(domainId)
                .statement(
                        """
                        select comment_required, full_session_log, assistance_enabled, assistance_fields, assistance_hours,
                          notification_addresses, quota, audit_days, version
                        from domain_option where domain_id = :domain""")
                .first(row -> new Stored(options(row), row.number(9)))
                .orElse(new Stored(DomainOptions.DEFAULT, 0));
    }

    private static DomainOptions options(Row row) {
        return new DomainOptions(
                row.flag(1),
                row.flag(2),
                new Assistance(row.flag(3), fields(row.text(4)), (int) row.number(5)),
                split(row.text(6), "\n").toList(),
                row.textOrNull(7) == null ? null : (int) row.number(7),
                (int) row.number(8));
    }

    private static Set<Assistance.ContactField> fields(String codes) {
        return split(codes, ",")
                .flatMap(code -> Assistance.ContactField.ofCode(code).stream())
                .collect(Collectors.toSet());
    }

    private static Stream<String> split(String joined, String separator) {
        return Arrays.stream(joined.split(separator, -1)).filter(part -> !part.isEmpty());
    }

    /** The options as the caller may see them. */
    public OptionsView read(Caller caller) {
        Stored stored = stored(caller.domainId());
        boolean editable = authorization.holdsOnDomain(caller, Permission.MANAGE_PERMISSIONS);
        return new OptionsView(
                editable ? stored.options() : withoutAddresses(stored.options()), editable, stored.revision());
    }

    private static DomainOptions withoutAddresses(DomainOptions options) {
        return new DomainOptions(
                options.commentRequired(),
                options.fullSessionLog(),
                options.assistance(),
                List.of(),
                options.quota(),
                options.auditDays());
    }

    /** Makes these the options; {@code PRECONDITION_FAILED} unless {@code revision} is the present one. */
    public OptionsView change(Caller caller, long revision, DomainOptions options) throws RefusedException {
        authorization.requireOnDomain(caller, Permission.MANAGE_PERMISSIONS);
        DomainOptions checked = options.checked();
        lock(caller.domainId());
        DomainOptions before = of(caller.domainId());
        if (write(caller.domainId(), revision, checked) == 0) {
            throw new RefusedException(Problem.PRECONDITION_FAILED, "The options were changed in the meantime.");
        }
        audit.record(caller.did(Operation.OPTIONS_CHANGED, Outcome.SUCCESS)
                .on(caller.domainId(), caller.domainName())
                .changing(changes(before, checked)));
        if (!before.notificationAddresses().equals(checked.notificationAddresses())) {
            addresses.fire(new AddressesChanged(
                    caller.domainId(), before.notificationAddresses(), checked.notificationAddresses()));
        }
        live.fire(new LiveEvent.OptionsChanged(caller.domainId()));
        return read(caller);
    }

    /**
     * Takes the row lock of the domain's options, which orders whatever must not happen twice at once, and makes the row where there is none. What
     * a transaction reads for the first time after this, it reads as the one before it has left it.
     */
    public void lock(String domainId) {
        sql.in(domainId)
                .statement("insert into domain_option (domain_id) values (:domain)"
                        + " on duplicate key update version = version")
                .update();
    }

    private int write(String domainId, long revision, DomainOptions options) {
        return sql.in(domainId)
                .statement(
                        """
                        update domain_option set comment_required = :comment, full_session_log = :log, assistance_enabled = :assistance,
                          assistance_fields = :fields, assistance_hours = :hours, notification_addresses = :addresses, quota = :quota,
                          audit_days = :auditDays, version = version + 1
                        where domain_id = :domain and version = :revision""")
                .set("comment", options.commentRequired())
                .set("log", options.fullSessionLog())
                .set("assistance", options.assistance().enabled())
                .set("fields", fields(options.assistance()))
                .set("hours", options.assistance().expiresHours())
                .set("addresses", String.join("\n", options.notificationAddresses()))
                .set("quota", options.quota())
                .set("auditDays", options.auditDays())
                .set("revision", revision)
                .update();
    }

    private static String fields(Assistance assistance) {
        return assistance.contactFields().stream()
                .map(Assistance.ContactField::code)
                .collect(Collectors.joining(","));
    }

    /** What lies between two states, for the audit log. */
    static Changes changes(DomainOptions before, DomainOptions after) {
        return Changes.none()
                .field("commentRequired", before.commentRequired(), after.commentRequired())
                .field("fullSessionLog", before.fullSessionLog(), after.fullSessionLog())
                .field(
                        "assistance.enabled",
                        before.assistance().enabled(),
                        after.assistance().enabled())
                .field("assistance.contactFields", fields(before.assistance()), fields(after.assistance()))
                .field(
                        "assistance.expiresHours",
                        before.assistance().expiresHours(),
                        after.assistance().expiresHours())
                .field(
                        "notificationAddresses",
                        String.join(", ", before.notificationAddresses()),
                        String.join(", ", after.notificationAddresses()))
                .field("quota", before.quota(), after.quota())
                .field("auditDays", before.auditDays(), after.auditDays());
    }
}

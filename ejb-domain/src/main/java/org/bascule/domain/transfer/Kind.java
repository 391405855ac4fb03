package org.bascule.domain.transfer;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a line is about, in the order of an export, with the columns that it has beside kind and action. */
enum Kind {
    OPTIONS(
            Column.COMMENT_REQUIRED,
            Column.FULL_SESSION_LOG,
            Column.ASSISTANCE,
            Column.CONTACT_FIELDS,
            Column.EXPIRES_HOURS,
            Column.NOTIFICATION_ADDRESSES,
            Column.QUOTA,
            Column.AUDIT_DAYS),
    /** Found by id, otherwise by path. */
    FOLDER(Column.ID, Column.PATH, Column.DESCRIPTION, Column.INHERIT, Column.QUOTA),
    /** Of the folder at the path. */
    CONTRACT(
            Column.PATH,
            Column.REFERENCE,
            Column.PURPOSE,
            Column.FROM,
            Column.UNTIL,
            Column.TERMS,
            Column.REQUIRED,
            Column.QUALIFICATIONS),
    /** Found by id, otherwise by name, otherwise awaited under it; the path is that of the folder that the user is in. */
    USER(Column.ID, Column.NAME, Column.PATH),
    /** One qualification of one user. */
    QUALIFICATION(Column.PRINCIPAL, Column.NAME, Column.UNTIL),
    /** Found by id, otherwise by path. */
    GROUP(Column.ID, Column.PATH, Column.DESCRIPTION),
    MEMBER(Column.GROUP, Column.MEMBER),
    /** Found by id alone, for devices may share a name. */
    DEVICE(
            Column.ID,
            Column.PATH,
            Column.DESCRIPTION,
            Column.INHERIT,
            Column.ACCOUNT,
            Column.TAGS,
            Column.ASSISTANCE,
            Column.ASSISTANCE_UNTIL),
    /** Found by id behind its device, otherwise by its name there. */
    SUB_DEVICE(Column.ID, Column.RESOURCE, Column.NAME, Column.MAC, Column.IP, Column.DESCRIPTION, Column.SERVICES),
    /** Of one folder or device. */
    SESSION_POLICY(Column.RESOURCE, Column.CONSENT, Column.REASON_REQUIRED, Column.FULL_LOG, Column.TIMEOUT_SECONDS),
    /** Of one folder, device or user. */
    FIXED_RELAY(Column.RESOURCE, Column.RELAY),
    /** One permission for one principal on one resource; all columns together say which. */
    ENTRY(
            Column.RESOURCE,
            Column.PRINCIPAL,
            Column.PERMISSION,
            Column.EFFECT,
            Column.FROM,
            Column.UNTIL,
            Column.WINDOW,
            Column.DELEGABLE);

    private final Set<Column> columns;

    Kind(Column... columns) {
        this.columns = EnumSet.copyOf(Arrays.asList(columns));
    }

    String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Set<Column> columns() {
        return columns;
    }

    /** Whether a line may say that the thing is not to be. Whatever has more below it is deleted by hand, after a look at what goes with it. */
    boolean isDeletable() {
        return switch (this) {
            case CONTRACT, QUALIFICATION, MEMBER, SUB_DEVICE, SESSION_POLICY, FIXED_RELAY, ENTRY -> true;
            case OPTIONS, FOLDER, USER, GROUP, DEVICE -> false;
        };
    }

    static Optional<Kind> ofCode(String code) {
        return Arrays.stream(values()).filter(kind -> kind.code().equals(code)).findFirst();
    }
}
